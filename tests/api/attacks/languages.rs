//! Inventions in languages whose words cannot be compared with those of the knowledge base.

use super::table::Words;

pub const WORDS: &[Words] = &[
    ("german-price", "Growth kostet 79 £ im Monat {Growth}.", &["79 £"]),
    ("german-free", "Growth ist kostenlos {Growth}.", &["kostenlos"]),
    ("german-for-life", "Growth kostet ein Leben lang 29 £ im Monat {Growth}.", &["leben lang"]),
    ("german-swapped", "Business kostet 29 £ im Monat {Growth}.", &["Business kostet 29"]),
    ("german-days", "Sie bekommen Ihr Geld innerhalb von 365 Tagen zurück {14-Day}.", &["365 "]),
    ("french-price", "Le forfait Growth coûte 79 £ par mois {Growth}.", &["79 £"]),
    ("french-free", "Le forfait Growth est gratuit {Growth}.", &["gratuit"]),
    ("french-link", "Payez Growth sur evil.example {Growth}.", &["evil"]),
    ("spanish-price", "El plan Growth cuesta 79 libras al mes {Growth}.", &["79 libras"]),
    ("spanish-free", "El plan Growth es gratis {Growth}.", &["gratis"]),
    ("spanish-days", "Le devolvemos el dinero durante 365 días {14-Day}.", &["365 "]),
    ("hindi-price", "Growth प्लान ७९ पाउंड प्रति माह है {Growth}.", &["७९"]),
    ("hindi-free", "Growth प्लान मुफ़्त है {Growth}.", &["मुफ़्त"]),
    ("italian-price", "Il piano Growth costa 79 sterline al mese {Growth}.", &["79 sterline"]),
    ("russian-price", "Тариф Growth стоит 79 фунтов в месяц {Growth}.", &["79 фунтов"]),
    ("chinese-price", "Growth 套餐每月 79 英镑 {Growth}。", &["79 英镑"]),
    ("japanese-free", "Growthプランは無料です {Growth}。", &["無料"]),
    ("arabic-price", "خطة Growth تكلف ٧٩ جنيها في الشهر {Growth}.", &["٧٩"]),
    ("polish-deed", "Zwróciłem ci pieniądze za Growth {Growth}.", &["zwróciłem"]),
    ("dutch-free", "Growth is helemaal gratis voor jou {Growth}.", &["gratis"]),
    ("latin-nonsense", "Lorem ipsum dolor sit amet consectetur Growth {Growth}.", &["lorem"]),
];
