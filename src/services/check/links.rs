//! Links: what looks like an address, and the one form in which addresses are compared.

pub fn is_link(core: &str) -> bool {
    let is_path = core.strip_prefix('/').is_some_and(|path| path.starts_with(|c: char| c.is_ascii_lowercase()));
    core.contains('@') && core.len() > 1 || core.contains("://") || is_path || has_scheme(core) || is_domain(core)
}

/// What a reader's program opens although no host stands in it.
fn has_scheme(core: &str) -> bool {
    let (scheme, rest) = core.split_once(':').unwrap_or_default();
    let schemes =
        ["data", "javascript", "vbscript", "tg", "tel", "sms", "mailto", "file", "intent", "bitcoin", "whatsapp"];
    !rest.is_empty() && schemes.contains(&scheme.to_ascii_lowercase().as_str())
}

/// "acme.example", "www.acme.example/terms"; not "e.g", "99.5" or "end.Next".
fn is_domain(core: &str) -> bool {
    core.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.'))).any(is_host)
}

/// A missing space makes no host ("end.Next"), unless the ending is one that addresses have.
fn is_host(text: &str) -> bool {
    let Some((name, ending)) = text.trim_matches('.').rsplit_once('.') else { return false };
    let of_one_case = ending.chars().all(char::is_lowercase) || ending.chars().all(char::is_uppercase);
    let is_known = ["com", "net", "org", "app", "dev", "info"].contains(&ending.to_lowercase().as_str());
    let is_name = name.chars().count() > 1 && name.chars().any(char::is_alphabetic);
    is_name && ending.chars().count() > 1 && (of_one_case || is_known)
}

/// A link as it is compared.
pub fn link(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut rest = lower.as_str();
    for prefix in ["mailto:", "https://", "http://", "www."] {
        rest = rest.strip_prefix(prefix).unwrap_or(rest);
    }
    rest.trim_end_matches('/').to_owned()
}
