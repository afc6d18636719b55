//! How people ask for what is theirs in other languages, put into the words of the rules.

use crate::services::answer::{Language, tokens};

/// The words of a question, those that the rules need in English.
pub fn words(question: &str) -> Vec<String> {
    let words = tokens(question);
    let table = table(Language::of(&words));
    words.into_iter().map(|token| in_english(table, &token.word).map_or(token.word, str::to_owned)).collect()
}

fn in_english<'a>(table: &'a str, word: &str) -> Option<&'a str> {
    let mut pairs = table.split_whitespace().filter_map(|pair| pair.split_once('='));
    pairs.find(|(foreign, _)| *foreign == word).map(|(_, english)| english)
}

/// Without accents, as tokens are.
fn table(language: Language) -> &'static str {
    match language {
        Language::English => "",
        Language::Spanish => {
            "como=how va=going mi=my mis=my nuestro=my pedido=order proyecto=project flujo=workflow cuando=when listo=ready lista=ready terminado=finished donde=where estado=status llega=arrive compre=bought"
        }
        Language::French => {
            "comment=how va=going avance=going ma=my mon=my mes=my notre=our commande=order projet=project quand=when prete=ready pret=ready ou=where fini=finished terminee=finished est=is livree=delivered arrive=arrive statut=status"
        }
        Language::German => {
            "wie=how geht=going steht=going mein=my meine=my meiner=my meinem=my meinen=my unser=our unsere=our projekt=project bestellung=order auftrag=order wann=when fertig=ready wo=where stand=status kommt=come ist=is geliefert=delivered"
        }
        Language::Hindi => {
            "mera=my meri=my mere=my hamara=our kab=when milega=get milegi=get aayega=arrive taiyar=ready tayyar=ready kahan=where kaha=where hai=is मेरा=my मेरी=my ऑर्डर=order प्रोजेक्ट=project कब=when मिलेगा=get कहाँ=where है=is तैयार=ready"
        }
    }
}
