//! One spelling for variants whose spelling changed over the years.
//!
//! Pages write a multi-valued variant as `name=a,b` up to March 2025 and as `name:=a,b` since,
//! quote values that are not plain, and cut patches to seven digits or not. The same spec must have
//! the same variants in all of them.

use std::borrow::Cow;

use crate::fault::FaultKind;

/// The number of hex digits of a patch's checksum that are kept, as in newer pages.
const PATCH_DIGITS: usize = 7;

/// The canonical text of a list of variants: one a line, ordered by name.
///
/// # Errors
///
/// A variant without a name, with control characters, or one that is given
/// twice with different values.
pub(crate) fn canonical<'v>(variants: impl Iterator<Item = &'v str>) -> Result<String, FaultKind> {
    let mut canonical: Vec<(&str, Cow<'_, str>)> = variants.map(one).collect::<Result<_, _>>()?;
    canonical.sort_unstable();
    canonical.dedup();
    if let Some(twice) = canonical.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        let name = twice[0].0.to_owned();
        return Err(FaultKind::VariantTwice { name });
    }
    let lines: Vec<&str> = canonical.iter().map(|(_, text)| &**text).collect();
    Ok(lines.join("\n"))
}

/// The name of one variant, and all of it in canonical spelling.
fn one(text: &str) -> Result<(&str, Cow<'_, str>), FaultKind> {
    let wrong = || FaultKind::wrong_text("variant", text);
    if text.chars().any(char::is_control) {
        return Err(wrong());
    }
    let name_end = text.find('=');
    match text.as_bytes().first() {
        Some(b'+' | b'~' | b'-') if name_end.is_none() => boolean(text).ok_or_else(wrong),
        _ => {
            let (name, value) = text.split_at(name_end.ok_or_else(wrong)?);
            let name = name.strip_suffix(':').unwrap_or(name);
            // `==` means that dependencies have it too, which a concrete spec does not record.
            let value = value.trim_start_matches('=');
            if !is_name(name) {
                return Err(wrong());
            }
            let value = unquoted(value).ok_or_else(wrong)?;
            Ok((name, valued(text, name, &value)))
        }
    }
}

/// `+name`, `~name`, `-name`, or with the sigil twice.
fn boolean(text: &str) -> Option<(&str, Cow<'_, str>)> {
    let sigil = if text.starts_with('+') { '+' } else { '~' };
    let rest = &text[1..];
    let name = rest.strip_prefix(&text[..1]).unwrap_or(rest);
    let is_canonical = name.len() + 1 == text.len() && text.starts_with(sigil);
    let canonical = if is_canonical {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("{sigil}{name}"))
    };
    is_name(name).then_some((name, canonical))
}

pub(crate) fn valued<'t>(text: &'t str, name: &str, value: &str) -> Cow<'t, str> {
    if value.eq_ignore_ascii_case("true") {
        return Cow::Owned(format!("+{name}"));
    }
    if value.eq_ignore_ascii_case("false") {
        return Cow::Owned(format!("~{name}"));
    }
    let mut values: Vec<&str> = value.split(',').collect();
    if name == "patches" {
        for patch in &mut values {
            *patch = patch.get(..PATCH_DIGITS).unwrap_or(patch);
        }
    }
    values.sort_unstable();
    values.dedup();
    let value = values.join(",");
    if is_bare(&value) {
        let is_canonical = text.len() == name.len() + 1 + value.len() && text.ends_with(&value);
        if is_canonical {
            return Cow::Borrowed(text);
        }
        return Cow::Owned(format!("{name}={value}"));
    }
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
    Cow::Owned(format!("{name}=\"{escaped}\""))
}

/// The value without its quotes: single ones as Spack writes them, or a JSON string.
fn unquoted(value: &str) -> Option<Cow<'_, str>> {
    match value.as_bytes() {
        [b'\'', .., b'\''] => Some(Cow::Borrowed(&value[1..value.len() - 1])),
        [b'"', ..] => serde_json::from_str::<String>(value)
            .ok()
            .filter(|value| !value.chars().any(char::is_control))
            .map(Cow::Owned),
        _ => Some(Cow::Borrowed(value)),
    }
}

/// Returns whether Spack reads the value without quotes.
fn is_bare(value: &str) -> bool {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || b"_+*.,:=%^~/\\-".contains(&byte);
    !value.is_empty() && value.bytes().all(is_bare)
}

pub(crate) fn is_name(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    !name.is_empty() && name.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn canonical_of(variants: &[&str]) -> Result<String, FaultKind> {
        canonical(variants.iter().copied())
    }

    #[test]
    fn spellings_of_different_years_are_one() {
        let spellings = [
            [
                "amdgpu_target=gfx90a,gfx906",
                "~asan",
                "patches=db4173c0ffee,de0de41",
            ],
            [
                "amdgpu_target:=gfx906,gfx90a",
                "-asan",
                "patches:=db4173c,de0de41",
            ],
            [
                "patches:='de0de41,db4173c'",
                "asan=False",
                "amdgpu_target==gfx906,gfx90a",
            ],
        ];
        for spelling in spellings {
            assert_eq!(
                canonical_of(&spelling).unwrap(),
                "amdgpu_target=gfx906,gfx90a\n~asan\npatches=db4173c,de0de41"
            );
        }
    }

    #[test]
    fn a_value_that_is_not_plain_stays_quoted() {
        let languages = canonical_of(&["languages:='c,c++,fortran'"]).unwrap();
        assert_eq!(languages, "languages=c,c++,fortran");
        let blank = canonical_of(&["cflags='-O2 -g'"]).unwrap();
        assert_eq!(blank, "cflags=\"-O2 -g\"");
        let json = canonical_of(&[r#"note="it's \"it\"""#]).unwrap();
        assert_eq!(json, r#"note="it's \"it\"""#);
    }

    #[test]
    fn what_is_no_variant_is_refused() {
        for text in [
            "",
            "+",
            "=x",
            "a b=c",
            "name",
            "+a\u{1b}[31m",
            "x=\"unclosed",
            "~~",
        ] {
            assert!(canonical_of(&[text]).is_err(), "{text:?}");
        }
        let twice = canonical_of(&["+a", "~a"]).unwrap_err();
        assert_eq!(
            twice,
            FaultKind::VariantTwice {
                name: "a".to_owned()
            }
        );
    }

    proptest! {
        #[test]
        fn the_canonical_spelling_is_its_own_canonical_spelling(
            variants in prop::collection::vec("[+~]{1,2}[a-c]|[a-c]:?=[a-z+,'\" ]{0,6}", 0..5)
        ) {
            if let Ok(text) = canonical(variants.iter().map(String::as_str)) {
                let again = canonical(text.split('\n').filter(|line| !line.is_empty()));
                prop_assert_eq!(again.unwrap(), text);
            }
        }
    }
}
