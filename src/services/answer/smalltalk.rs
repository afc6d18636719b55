//! Small talk: greetings, thanks and goodbyes, which ask for nothing.

use super::language::Language;
use super::words::Token;

/// Which pleasantry a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pleasantry {
    /// "Hello".
    Greeting,
    /// "Thank you".
    Thanks,
    /// "Goodbye".
    Farewell,
}

/// A longer message says something else as well.
const LONGEST: usize = 7;

const GREETINGS: &str = "hi hello hey hiya heya yo howdy greetings morning afternoon evening hola bonjour bonsoir salut hallo servus namaste namaskar नमस्ते नमस्कार buenos buenas dias tardes";
const THANKS: &str =
    "thanks thank thankyou thx ty cheers appreciated gracias merci danke dhanyavaad dhanyawad shukriya धन्यवाद शुक्रिया";
const FAREWELLS: &str = "bye goodbye cya adios au revoir tschuss alvida अलविदा";
/// May stand beside a pleasantry without making it a question.
const PADDING: &str = "there you u good day guys all everyone team bot to a lot so very much for your the help that was is great nice perfect brilliant lovely ok okay and again now later see have one mate folks ji how are doing im fine today really helped it awesome cool vielen sehr guten tag morgen abend noches mucho muchas beaucoup bahut";

/// The pleasantry a message consists of, and nothing else.
pub fn of(message: &[Token]) -> Option<Pleasantry> {
    if message.is_empty() || message.len() > LONGEST {
        return None;
    }
    let is = |list: &str, token: &Token| list.split(' ').any(|word| word == token.word);
    let lists = [FAREWELLS, THANKS, GREETINGS];
    let all_polite = message.iter().all(|t| is(PADDING, t) || lists.iter().any(|list| is(list, t)));
    let which = lists.iter().position(|list| message.iter().any(|t| is(list, t)))?;
    let kinds = [Pleasantry::Farewell, Pleasantry::Thanks, Pleasantry::Greeting];
    all_polite.then_some(kinds[which])
}

/// The language of a pleasantry, which is too short to be told by its small words.
pub fn language(message: &[Token]) -> Language {
    const NATIVE: [(Language, &str); 4] = [
        (Language::Spanish, "hola buenos buenas gracias adios"),
        (Language::French, "bonjour bonsoir salut merci revoir"),
        (Language::German, "hallo servus danke guten tschuss"),
        (Language::Hindi, "namaste namaskar dhanyavaad dhanyawad shukriya alvida नमस्ते नमस्कार धन्यवाद शुक्रिया अलविदा"),
    ];
    let speaks = |(_, list): &&(Language, &str)| message.iter().any(|t| list.split(' ').any(|w| w == t.word));
    NATIVE.iter().find(speaks).map_or(Language::English, |&(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::super::words::tokens;
    use super::*;

    #[test]
    fn a_greeting_is_small_talk() {
        assert_eq!(of(&tokens("Hello there!")), Some(Pleasantry::Greeting));
        assert_eq!(of(&tokens("ok thanks, bye")), Some(Pleasantry::Farewell));
        assert_eq!(of(&tokens("thanks a lot :)")), Some(Pleasantry::Thanks));
    }

    #[test]
    fn a_greeting_with_a_question_is_a_question() {
        assert_eq!(of(&tokens("hi, refund?")), None);
        assert_eq!(of(&tokens("how are you different")), None);
    }
}
