//! What a client sends along with an escalation, such as where it comes from.

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::privacy::secrets_masked;

/// What is called longer than this tells nothing of its value, in bytes; and a name stands beside
/// each of its values, however many they are.
const LONGEST_NAME: usize = 80;

/// A JSON object, kept as it came, but for secrets, wherever in it they stand.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(try_from = "Value")]
#[schema(value_type = Object)]
pub struct Details(Value);

impl Details {
    pub fn as_value(&self) -> &Value {
        &self.0
    }
}

impl TryFrom<Value> for Details {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        match value {
            Value::Object(members) => Ok(Self(object(members))),
            _ => Err("must be an object"),
        }
    }
}

fn object(members: Map<String, Value>) -> Value {
    let member = |(name, value): (String, Value)| {
        let masked = masked(&name, value);
        (secrets_masked(&name).into_owned(), masked)
    };
    Value::Object(members.into_iter().map(member).collect())
}

fn masked(name: &str, value: Value) -> Value {
    match value {
        Value::String(text) => without_secrets(name, &text).unwrap_or(text).into(),
        Value::Number(number) => match without_secrets(name, &number.to_string()) {
            Some(masked) => masked.into(),
            None => number.into(),
        },
        Value::Array(values) => values.into_iter().map(|value| masked(name, value)).collect(),
        Value::Object(members) => object(members),
        Value::Null | Value::Bool(_) => value,
    }
}

/// What is left of a value that holds a secret, if it does.
fn without_secrets(name: &str, value: &str) -> Option<String> {
    let alone = secrets_masked(value);
    let mut quotes = ["\"", ""].iter().filter(|_| is_name(name));
    let masked = quotes.find_map(|quote| beside_name(name, &alone, quote));
    masked.or_else(|| (alone != value).then(|| alone.into_owned()))
}

/// "dbPassword", "db.password": not a path that ends in such a word.
fn is_name(name: &str) -> bool {
    name.len() <= LONGEST_NAME && name.chars().all(|c| c.is_alphanumeric() || "_-. ".contains(c))
}

/// A value whose name tells that it is a secret, as in "password: hunter2".
fn beside_name(name: &str, value: &str, quote: &str) -> Option<String> {
    let label = format!("{name}: {quote}");
    let labelled = format!("{label}{value}{quote}");
    let masked = secrets_masked(&labelled);
    let masked = masked.strip_prefix(&label)?.strip_suffix(quote)?;
    (masked != value).then(|| masked.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_go_wherever_they_stand_and_the_rest_stays() {
        let sent = json!({
            "source": "chat",
            "order": 4021,
            "email": "ada@example.com",
            "said": ["my card is 4242 4242 4242 4242", { "IBAN": "DE89 3704 0044 0532 0130 00" }],
            "login": { "password": "hunter2", "cvc": 737, "dbPassword": "correct horse" },
            "card": 4_242_424_242_424_242_u64,
            "4242424242424242": null,
            "../../etc/passwd": "../../etc/passwd",
        });

        assert_eq!(
            Details::try_from(sent).unwrap().0,
            json!({
                "source": "chat",
                "order": 4021,
                "email": "ada@example.com",
                "said": ["my card is [card number removed]", { "IBAN": "[IBAN removed]" }],
                "login": {
                    "password": "[password removed]",
                    "cvc": "[security code removed]",
                    "dbPassword": "[password removed]",
                },
                "card": "[card number removed]",
                "[card number removed]": null,
                "../../etc/passwd": "../../etc/passwd",
            })
        );
    }

    #[test]
    fn a_long_name_of_many_values_takes_no_long_time() {
        let (name, values) = ("password ".repeat(3_500), vec![1; 15_000]);
        let started = std::time::Instant::now();

        Details::try_from(json!({ name: values })).unwrap();

        assert!(started.elapsed().as_secs() < 2);
    }

    #[test]
    fn only_an_object_tells_details() {
        assert!(Details::try_from(json!(["chat"])).is_err());
    }
}
