//! One hash of several parts, for telling things apart.

use ring::digest::{Context, SHA256};

/// Each part is preceded by its length, so that no two lists of parts run together; what it is for is
/// one of them, so that no two kinds of things do.
pub fn of(purpose: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in [&[purpose], parts].concat() {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    context.finish().as_ref().try_into().expect("SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(of(b"", &[b"ab", b"c"]), of(b"", &[b"a", b"bc"]));
        assert_ne!(of(b"a", &[b"b"]), of(b"", &[b"a", b"b"]));
    }
}
