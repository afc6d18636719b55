//! Small talk: greetings, thanks, nods and goodbyes, which ask for nothing, and whether this is a machine.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::language::Language;
use super::words::Token;

/// Words in a row, looked up by every message.
type Words = LazyLock<HashSet<&'static str>>;

/// Which pleasantry a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pleasantry {
    /// "Hello", "what can you do?"
    Greeting,
    /// "Thank you".
    Thanks,
    /// "Goodbye".
    Farewell,
    /// "Got it", "never mind".
    Nod,
    /// "Are you a robot?"
    Machine,
}

/// A longer message says something else as well.
const LONGEST: usize = 10;

static GREETINGS: Words = LazyLock::new(|| {
    set(
        "hi hello hey hiya heya yo howdy greetings morning afternoon evening hola bonjour bonsoir salut hallo servus guten namaste namaskar नमस्ते नमस्कार buenos buenas dias tardes",
    )
});
static THANKS: Words = LazyLock::new(|| {
    set(
        "thanks thank thankyou thx ty cheers appreciated gracias merci danke dhanyavaad dhanyawad shukriya धन्यवाद शुक्रिया",
    )
});
static FAREWELLS: Words = LazyLock::new(|| set("bye goodbye cya adios au revoir tschuss alvida अलविदा"));
static NODS: Words = LazyLock::new(|| {
    set(
        "ok okay okey k kk cool great nice fine good perfect brilliant excellent awesome wonderful lovely super amazing understood alright gotcha nevermind noted sounds helpful helped vale entendido perfecto genial compris accord parfait verstanden klar passt perfekt theek thik accha achha ठीक अच्छा",
    )
});
/// Nods of several words.
const SAYINGS: [&str; 9] = [
    "never mind", "got it", "i see", "makes sense", "forget it", "no worries", "that helps", "all good", "fair enough",
];
/// May stand beside a pleasantry without making it a question.
static PADDING: Words = LazyLock::new(|| {
    set(
        "there you u day guys all everyone team bot to a lot so very much for your the help that thats this was is and again now later see have one mate folks ji how are doing im today really it oh ah i no never mind got makes sense forget worries helps enough fair vielen sehr tag abend noches mucho muchas beaucoup bahut de alles gut hai",
    )
});
/// Whoever begins like this asks.
const ASKING: [&str; 10] = ["is", "are", "was", "do", "does", "how", "what", "can", "which", "why"];

/// What people ask who want to know what this program is for.
const ABILITIES: [&str; 13] = [
    "what can you do",
    "what can you do for me",
    "what can you help with",
    "what can you help me with",
    "how can you help",
    "how can you help me",
    "what can i ask",
    "what can i ask you",
    "que puedes hacer",
    "que peux tu faire",
    "was kannst du",
    "was konnen sie",
    "kya kar sakte ho",
];
/// What people ask who want to know who is talking.
const WHO: [&str; 8] = [
    "who are you", "what are you", "who is this", "whos this", "who am i talking to", "who am i speaking to",
    "who am i chatting with", "who am i speaking with",
];
/// Whom a question about machines is about, by language, and what it may consist of beside.
static SELVES: Words = LazyLock::new(|| {
    set(
        "you u ur r this it am i anyone anybody someone somebody eres usted estoy alguien etes es est parle quelqu bist du sie spreche jemand aap tum main आप",
    )
});
static BEINGS: Words = LazyLock::new(|| {
    set(
        "real human humans person people bot robot chatbot machine computer ai gpt chatgpt program automated automatic there here robota maquina persona humano humana ahi humain personne machine roboter mensch maschine automat da insaan insan इंसान रोबोट",
    )
});
static BETWEEN: Words = LazyLock::new(|| {
    set(
        "are is a an the or just only actual actually really talking speaking chatting writing to with some kind of hi hello hey so ok live un una con o hablando hay vous tu que ce je une avec ou y t il un sind ein eine einen einem echter mit ich oder ist kya koi ho hain hai se baat kar raha rahi hoon hun क्या एक हैं",
    )
});

/// The pleasantry a message consists of, and nothing else.
pub fn of(message: &[Token]) -> Option<Pleasantry> {
    if message.is_empty() || message.len() > LONGEST {
        return None;
    }
    let said = message.iter().map(|token| token.word.as_str()).collect::<Vec<_>>().join(" ");
    if ABILITIES.contains(&said.as_str()) {
        return Some(Pleasantry::Greeting);
    }
    if WHO.contains(&said.as_str()) || wonders_about_machines(message) {
        return Some(Pleasantry::Machine);
    }
    courtesy(message, &said)
}

fn courtesy(message: &[Token], said: &str) -> Option<Pleasantry> {
    let lists = [&FAREWELLS, &THANKS, &GREETINGS];
    // "You helped me": as a plea, "help me" is none.
    let helped =
        |at: usize| message[at].word == "me" && at > 0 && ["helped", "for"].contains(&message[at - 1].word.as_str());
    let is_polite = |at: usize, token: &Token| {
        is(&PADDING, token) || is(&NODS, token) || lists.iter().any(|list| is(list, token)) || helped(at)
    };
    if !message.iter().enumerate().all(|(at, token)| is_polite(at, token)) {
        return None;
    }
    let kinds = [Pleasantry::Farewell, Pleasantry::Thanks, Pleasantry::Greeting];
    let which = lists.iter().position(|list| message.iter().any(|token| is(list, token)));
    let nods = || message.iter().any(|token| is(&NODS, token)) || SAYINGS.iter().any(|saying| said.contains(saying));
    let asks = ASKING.contains(&message[0].word.as_str());
    let nod = || (!asks && nods()).then_some(Pleasantry::Nod);
    which.map(|at| kinds[at]).or_else(nod)
}

/// Whether all it says is "are you a person or a machine?", or "is anybody there?"
fn wonders_about_machines(message: &[Token]) -> bool {
    let (selves, beings) = (message.iter().any(|t| is(&SELVES, t)), message.iter().any(|t| is(&BEINGS, t)));
    // "Is there somebody" wants somebody.
    let wants = message.windows(2).any(|pair| pair[0].word == "is" && pair[1].word == "there");
    selves && beings && !wants && message.iter().all(|t| is(&SELVES, t) || is(&BEINGS, t) || is(&BETWEEN, t))
}

fn is(words: &HashSet<&str>, token: &Token) -> bool {
    words.contains(token.word.as_str())
}

fn set(words: &'static str) -> HashSet<&'static str> {
    words.split(' ').collect()
}

/// The language of a pleasantry, which is too short to be told by its small words.
pub fn language(message: &[Token]) -> Language {
    const NATIVE: [(Language, &str); 4] = [
        (Language::Spanish, "hola buenos buenas gracias adios vale entendido perfecto eres usted estoy hay puedes"),
        (Language::French, "bonjour bonsoir salut merci revoir compris accord parfait etes est quelqu peux"),
        (
            Language::German,
            "hallo servus danke guten tschuss verstanden klar passt perfekt bist sind jemand kannst konnen",
        ),
        (
            Language::Hindi,
            "namaste namaskar dhanyavaad dhanyawad shukriya alvida theek thik accha achha aap tum kya नमस्ते नमस्कार धन्यवाद शुक्रिया अलविदा ठीक अच्छा आप क्या",
        ),
    ];
    let speaks =
        |(_, list): &&(Language, &str)| message.iter().any(|token| list.split(' ').any(|word| word == token.word));
    NATIVE.iter().find(speaks).map_or(Language::English, |&(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::super::words::tokens;
    use super::*;

    #[test]
    fn a_greeting_is_small_talk() {
        assert_eq!(of(&tokens("Hello there!")), Some(Pleasantry::Greeting));
        assert_eq!(of(&tokens("Guten Tag")), Some(Pleasantry::Greeting));
        assert_eq!(of(&tokens("what can you do?")), Some(Pleasantry::Greeting));
        assert_eq!(of(&tokens("ok thanks, bye")), Some(Pleasantry::Farewell));
        assert_eq!(of(&tokens("thanks a lot :)")), Some(Pleasantry::Thanks));
        assert_eq!(of(&tokens("thank you so much you helped me a lot")), Some(Pleasantry::Thanks));
    }

    #[test]
    fn a_nod_asks_for_nothing() {
        for nod in ["ok", "cool", "got it", "perfect", "great, that helped", "no never mind", "ok makes sense", "vale"]
        {
            assert_eq!(of(&tokens(nod)), Some(Pleasantry::Nod), "{nod}");
        }
    }

    #[test]
    fn whoever_wonders_about_machines_is_told() {
        for message in [
            "are you a robot?",
            "are you human?",
            "is this AI",
            "anyone there?",
            "am I talking to a real person or a bot?",
            "who are you",
            "¿eres un robot?",
            "êtes-vous un robot ?",
            "bist du ein Mensch?",
            "kya aap robot ho",
            "क्या आप इंसान हैं",
        ] {
            assert_eq!(of(&tokens(message)), Some(Pleasantry::Machine), "{message}");
        }
        assert_eq!(language(&tokens("bist du ein Mensch?")), Language::German);
        assert_eq!(language(&tokens("¿eres un robot?")), Language::Spanish);
    }

    #[test]
    fn a_greeting_with_a_question_is_a_question() {
        for question in [
            "hi, refund?",
            "how are you different",
            "is it good?",
            "are you a bot? I want a person",
            "can I talk to a person",
            "a real person",
            "help me",
            "is there a person there",
            "yes",
        ] {
            assert_eq!(of(&tokens(question)), None, "{question}");
        }
    }
}
