//! Deeds: what a reply says was done, or will be. A model can do nothing, so whatever it claims to have
//! done for somebody is wrong, whichever section it cites.

use super::{
    pieces::{Kind, Piece},
    words,
};

/// What can be done to somebody's account, order or money, in its past form.
const DONE: [&str; 62] = [
    "refunded", "reimbursed", "credited", "cancelled", "canceled", "deleted", "removed", "erased", "upgraded",
    "downgraded", "changed", "updated", "applied", "added", "issued", "processed", "sent", "emailed", "mailed",
    "notified", "informed", "told", "contacted", "called", "forwarded", "escalated", "opened", "created", "booked",
    "scheduled", "arranged", "reset", "unlocked", "activated", "deactivated", "reactivated", "extended", "waived",
    "marked", "transferred", "charged", "paid", "reserved", "registered", "approved", "accepted", "confirmed",
    "started", "begun", "placed", "submitted", "assigned", "unsubscribed", "subscribed", "granted", "reduced",
    "restored", "verified", "completed", "fixed", "delivered", "received",
];

/// The same as it is being done, and as it will be.
const DOING: [&str; 18] = [
    "refunding", "reimbursing", "crediting", "cancelling", "canceling", "deleting", "removing", "upgrading",
    "downgrading", "applying", "issuing", "processing", "sending", "emailing", "forwarding", "escalating", "resetting",
    "booking",
];
const TO_DO: [&str; 22] = [
    "refund", "reimburse", "credit", "cancel", "delete", "remove", "upgrade", "downgrade", "apply", "issue", "process",
    "send", "email", "call", "forward", "escalate", "reset", "book", "extend", "waive", "change", "update",
];

/// What a customer has. "Your data is deleted after 90 days" is a policy, "your data is deleted" a deed.
const THEIRS: [&str; 22] = [
    "account", "order", "orders", "subscription", "plan", "refund", "payment", "money", "card", "password", "data",
    "invoice", "request", "workflow", "build", "purchase", "guarantee", "trial", "upgrade", "discount", "ticket",
    "cancellation",
];

/// Present forms are deeds only of what is finished at once.
const FINISHED: [&str; 14] = [
    "refunded", "cancelled", "canceled", "deleted", "approved", "marked", "upgraded", "reset", "unlocked", "activated",
    "delivered", "paid", "credited", "confirmed",
];

/// "… when you ask for it", "… within 14 days": how things go, not what was done.
const IN_GENERAL: [&str; 16] = [
    "if", "when", "once", "unless", "after", "before", "within", "in", "at", "until", "by", "on", "always", "never",
    "usually", "automatically",
];

/// How other languages say that one has done something: the beginning, and what was done.
const ELSEWHERE: [(&[&str], &str); 6] = [
    (
        &["ich", "habe"],
        "erstattet zurückerstattet überwiesen storniert gekündigt gelöscht gesendet geschickt geändert aktualisiert hinzugefügt gebucht veranlasst weitergeleitet informiert freigeschaltet gutgeschrieben",
    ),
    (&["wir", "haben"], "erstattet zurückerstattet überwiesen storniert gelöscht freigeschaltet gutgeschrieben"),
    (
        &["je", "vous", "ai"],
        "remboursé remboursée annulé supprimé envoyé modifié ajouté appliqué ouvert transmis inscrit crédité offert",
    ),
    (&["jai"], "remboursé annulé supprimé envoyé modifié ajouté appliqué ouvert transmis informé crédité"),
    (
        &["he"],
        "reembolsado devuelto cancelado eliminado borrado enviado cambiado actualizado añadido aplicado abierto informado activado abonado",
    ),
    (&["मैंने"], "दिया दी दिए किया की लिया"),
];

/// Whether a sentence claims a deed, in words that quote nobody. What the records say was done may be told.
pub fn claimed(pieces: &[Piece], rests_on_records: bool) -> Option<String> {
    let is_claimed = |at: usize| {
        is_own(pieces, at)
            || is_elsewhere(pieces, at)
            || !rests_on_records && (is_suffered(pieces, at) || is_theirs(pieces, at))
    };
    (0..pieces.len()).any(is_claimed).then(|| "that something was done for them".to_owned())
}

/// "I have just refunded …", "we've cancelled your …", "I'm processing your …", "I will send you …".
fn is_own(pieces: &[Piece], at: usize) -> bool {
    /// "I have already gone ahead and refunded."
    const WITHIN: usize = 6;
    let is_we = pieces[at].is(&["we", "weve", "were"]);
    if !(is_we || pieces[at].is(&["i", "ive", "im", "ill", "id"])) {
        return false;
    }
    // "Once we've started" tells how things go.
    let is_supposed = |before: &Piece| before.is(&["once", "if", "when", "until", "before", "after", "unless"]);
    if is_we && at.checked_sub(1).is_some_and(|before| is_supposed(&pieces[before])) {
        return false;
    }
    let to_them = || pieces[at..].iter().any(|piece| piece.is(&["you", "your", "yours"]));
    let behind = pieces[at + 1..].iter().take(WITHIN).take_while(|piece| goes_on(piece)).count() + at + 1;
    let Some(verb) = pieces.get(behind) else { return false };
    let between = &pieces[at..behind];
    let is_future = between.iter().any(|piece| piece.is(&["will", "ill", "shall"]));
    let is_now = between.iter().any(|piece| piece.is(&["am", "are", "im", "were"]));
    // "We deleted" tells of the company what may be true; "we have deleted your …" does not.
    let is_past = !is_we || between.iter().any(|piece| piece.is(&["have", "weve", "just", "already"]));
    let does = is_past && verb.is(&DONE) || is_now && verb.is(&DOING) || is_future && !is_we && verb.is(&TO_DO);
    does && (!is_we || to_them())
}

fn goes_on(piece: &Piece) -> bool {
    let between = [
        "have", "has", "had", "just", "already", "also", "now", "then", "successfully", "gone", "ahead", "and", "will",
        "shall", "am", "are", "been", "therefore", "hereby", "personally", "e", "-", "gladly",
    ];
    piece.is(&between)
}

/// "You have been upgraded", "you were refunded".
fn is_suffered(pieces: &[Piece], at: usize) -> bool {
    let is_told = |from: usize| {
        let behind = pieces[from..].iter().take_while(|piece| goes_on(piece)).count() + from;
        pieces.get(behind).is_some_and(|verb| verb.is(&DONE))
    };
    let is = |at: usize, words: &[&str]| pieces.get(at).is_some_and(|piece| piece.is(words));
    let perfect = is(at, &["you"]) && is(at + 1, &["have"]) && is(at + 2, &["been"])
        || is(at, &["youve"]) && is(at + 1, &["been"]);
    let past = is(at, &["you"]) && is(at + 1, &["were"]);
    (perfect || past) && !is_general(pieces) && is_told(at + 1 + usize::from(past))
}

/// "Your account has been deleted", "your refund is on its way".
fn is_theirs(pieces: &[Piece], at: usize) -> bool {
    /// "Your next monthly payment."
    const WITHIN: usize = 4;
    if !pieces[at].is(&["your"]) || is_general(pieces) {
        return false;
    }
    let mut nouns = (at + 1..pieces.len()).take(WITHIN).filter(|at| pieces[*at].is(&THEIRS));
    nouns.any(|noun| {
        let Some(auxiliary) = pieces.get(noun + 1) else { return false };
        let behind =
            pieces[noun + 1..].iter().take_while(|piece| goes_on(piece) || is_auxiliary(piece)).count() + noun + 1;
        let Some(verb) = pieces.get(behind) else { return false };
        let is_present = auxiliary.is(&["is", "are"]);
        let is_moving = verb.is(&["on"]) && pieces.get(behind + 2).is_some_and(|way| way.is(&["way"]));
        is_auxiliary(auxiliary) && (is_moving || if is_present { verb.is(&FINISHED) } else { verb.is(&DONE) })
    })
}

fn is_auxiliary(piece: &Piece) -> bool {
    piece.is(&["is", "are", "was", "were", "has", "have", "being"])
}

fn is_general(pieces: &[Piece]) -> bool {
    let is_way = |at: usize| pieces.get(at + 2).is_some_and(|piece| piece.is(&["way"]));
    let general = |at: usize| pieces[at].is(&IN_GENERAL) && !is_way(at) || words::is_negation(&pieces[at].text);
    (0..pieces.len()).any(general)
}

fn is_elsewhere(pieces: &[Piece], at: usize) -> bool {
    ELSEWHERE.iter().any(|(opening, done)| {
        let opens =
            opening.iter().enumerate().all(|(n, word)| pieces.get(at + n).is_some_and(|piece| piece.text == *word));
        let behind = pieces.iter().skip(at + opening.len());
        let does = |piece: &Piece| piece.kind == Kind::Word && done.split(' ').any(|word| word == piece.text);
        opens && behind.clone().any(does) && !behind.clone().any(|piece| piece.is(&["nicht", "pas", "no", "नहीं"]))
    })
}

#[cfg(test)]
mod tests {
    use super::{super::pieces::pieces, *};

    #[test]
    fn nobody_is_told_of_what_no_model_can_do() {
        for text in [
            "I have refunded you",
            "I've already gone ahead and cancelled your subscription",
            "We have just started your build",
            "I e-mailed the team for you",
            "I'm processing your refund now",
            "I will send you an invoice",
            "Your account is deleted",
            "Your payment has been received",
            "Your refund is on its way",
            "You have been upgraded",
            "Ich habe Ihnen den Preis erstattet",
            "Je vous ai remboursé",
            "मैंने आपका पैसा वापस कर दिया है",
        ] {
            assert!(claimed(&pieces(text), false).is_some(), "{text}");
        }
    }

    #[test]
    fn how_things_go_is_no_deed() {
        for text in [
            "We refund packages within 14 days",
            "Your data is deleted after 90 days",
            "If you cancel, your subscription is cancelled at the end of the period",
            "Your data is protected with encryption",
            "I have not refunded you",
            "I can't cancel it, a person can",
            "We review your case and make a proposal",
            "You can have it deleted",
            "Ich habe dazu keine Angabe",
        ] {
            assert_eq!(claimed(&pieces(text), false), None, "{text}");
        }
        let recorded = pieces("Your Starter order has been delivered");
        assert!(claimed(&recorded, false).is_some() && claimed(&recorded, true).is_none());
    }
}
