//! The sort key of versions: the components of the release, then the pre-release.

/// Words that sort above every number, in ascending order.
const WORDS: [&str; 7] = [
    "stable", "nightly", "trunk", "head", "master", "main", "develop",
];

/// A non-negative integer of any length.
///
/// Real versions hold dates and build numbers, hostile ones hold megabytes of digits, so nothing
/// here may overflow. Numbers that fit a word are the common case and stay on the stack.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Integer {
    /// Fits 64 bits.
    Small(u64),
    /// Exceeds 64 bits, so it is larger than every small one.
    Large(LargeInteger),
}

/// Decimal digits without leading zeros; longer ones are larger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LargeInteger {
    digits_len: usize,
    digits: Box<str>,
}

impl Integer {
    /// Reads a run of ASCII digits; leading zeros vanish.
    pub(crate) fn from_digits(digits: &str) -> Self {
        let digits = digits.trim_start_matches('0');
        if digits.is_empty() {
            return Self::Small(0);
        }
        digits
            .parse()
            .map_or_else(|_| Self::large(digits.into()), Self::Small)
    }

    fn large(digits: Box<str>) -> Self {
        Self::Large(LargeInteger {
            digits_len: digits.len(),
            digits,
        })
    }

    /// The integer one above this one.
    fn next(&self) -> Self {
        match self {
            Self::Small(number) => number
                .checked_add(1)
                .map_or_else(|| Self::large("18446744073709551616".into()), Self::Small),
            Self::Large(large) => {
                let nines = large
                    .digits
                    .bytes()
                    .rev()
                    .take_while(|&d| d == b'9')
                    .count();
                let kept = &large.digits[..large.digits.len() - nines];
                let mut digits = String::with_capacity(large.digits.len() + 1);
                match kept.as_bytes().last() {
                    None => digits.push('1'),
                    Some(&last) => {
                        digits.push_str(&kept[..kept.len() - 1]);
                        digits.push(char::from(last + 1));
                    }
                }
                digits.extend(std::iter::repeat_n('0', nines));
                Self::large(digits.into())
            }
        }
    }
}

/// One part of a release. The order of the variants is Spack's: letters, numbers, words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Component {
    /// A run of letters, compared by ASCII.
    Letters(Box<str>),
    /// A run of digits.
    Number(Integer),
    /// One of the [`WORDS`] by its index; one past the end is the bound above `develop`.
    Word(usize),
}

impl Component {
    fn from_segment(segment: &str) -> Self {
        if segment.starts_with(|c: char| c.is_ascii_digit()) {
            Self::Number(Integer::from_digits(segment))
        } else {
            match WORDS.iter().position(|&word| word == segment) {
                Some(index) => Self::Word(index),
                None => Self::Letters(segment.into()),
            }
        }
    }

    /// The smallest component of the same kind above this one, as Spack counts.
    fn next(&self) -> Self {
        match self {
            Self::Number(number) => Self::Number(number.next()),
            Self::Word(index) => Self::Word(index + 1),
            Self::Letters(letters) => {
                let mut next = next_letters(letters);
                while WORDS.contains(&next.as_str()) {
                    next = next_letters(&next);
                }
                Self::Letters(next.into())
            }
        }
    }
}

/// The next string over the alphabet `A..Z a..z`, where nothing follows a final `z` but an `A`.
fn next_letters(letters: &str) -> String {
    let mut next = letters.to_owned();
    match next.pop() {
        None => next.push('A'),
        Some('z') => next.push_str("zA"),
        Some('Z') => next.push('a'),
        Some(last) => next.push(char::from(last as u8 + 1)),
    }
    next
}

/// The distance of a version from its release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Phase {
    Alpha,
    Beta,
    Candidate,
    Final,
}

impl Phase {
    fn from_segment(segment: &str) -> Option<Self> {
        match segment {
            "alpha" => Some(Self::Alpha),
            "beta" => Some(Self::Beta),
            "rc" => Some(Self::Candidate),
            "final" => Some(Self::Final),
            _ => None,
        }
    }
}

/// The key of the order: a release and what comes before it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    release: Box<[Component]>,
    phase: Phase,
    phase_number: Option<Integer>,
}

impl Key {
    /// The key below all others.
    pub(crate) fn lowest() -> Self {
        Self {
            release: Box::default(),
            phase: Phase::Alpha,
            phase_number: None,
        }
    }

    /// A key above those of all versions.
    pub(crate) fn highest() -> Self {
        Self {
            release: Box::new([Component::Word(WORDS.len() + 1)]),
            phase: Phase::Final,
            phase_number: None,
        }
    }

    /// The key of a text that holds only letters, digits and separators.
    pub(crate) fn from_text(text: &str) -> Self {
        let mut segments = segments(text);
        let (phase, phase_number) = split_phase(&mut segments);
        Self {
            release: segments.into_iter().map(Component::from_segment).collect(),
            phase,
            phase_number,
        }
    }

    /// The first key that a range ending in this one does not cover.
    ///
    /// Spack increments the last component of the release, or the number of a pre-release.
    pub(crate) fn next(&self) -> Self {
        let mut next = self.clone();
        if self.phase != Phase::Final {
            next.phase_number = Some(match &self.phase_number {
                Some(number) => number.next(),
                None => Integer::Small(0),
            });
            return next;
        }
        match next.release.last_mut() {
            Some(last) => *last = last.next(),
            None => next.release = Box::new([Component::Letters("A".into())]),
        }
        next
    }
}

/// The maximal runs of digits or of letters, in order.
fn segments(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut segments = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let same_kind: fn(&u8) -> bool = match bytes[start] {
            b'0'..=b'9' => u8::is_ascii_digit,
            b'A'..=b'Z' | b'a'..=b'z' => u8::is_ascii_alphabetic,
            _ => {
                start += 1;
                continue;
            }
        };
        let length = bytes[start..].iter().take_while(|b| same_kind(b)).count();
        segments.push(&text[start..start + length]);
        start += length;
    }
    segments
}

/// Removes a trailing pre-release from the segments, if something remains before it.
fn split_phase(segments: &mut Vec<&str>) -> (Phase, Option<Integer>) {
    if let [_, .., word, number] = segments[..]
        && number.starts_with(|c: char| c.is_ascii_digit())
        && let Some(phase) = Phase::from_segment(word)
    {
        let number = Integer::from_digits(number);
        segments.truncate(segments.len() - 2);
        return (phase, Some(number));
    }
    if let [_, .., word] = segments[..]
        && let Some(phase) = Phase::from_segment(word)
    {
        segments.truncate(segments.len() - 1);
        return (phase, None);
    }
    (Phase::Final, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_grow_past_every_machine_word() {
        let max = Integer::from_digits("18446744073709551615");
        let above = max.next();
        assert!(max < above);
        assert_eq!(Integer::from_digits("0018446744073709551616"), above);
        let nines = Integer::from_digits(&"9".repeat(40));
        assert_eq!(
            Integer::from_digits(&format!("1{}", "0".repeat(40))),
            nines.next()
        );
        assert_eq!(
            Integer::from_digits("20000000000000000000"),
            Integer::from_digits("19999999999999999999").next()
        );
    }

    #[test]
    fn letters_are_followed_by_their_neighbour_but_never_by_a_word() {
        assert_eq!("ab", next_letters("aa"));
        assert_eq!("azA", next_letters("az"));
        assert_eq!("a", next_letters("Z"));
        let before_main = Component::Letters("maim".into());
        assert_eq!(Component::Letters("maio".into()), before_main.next());
    }
}
