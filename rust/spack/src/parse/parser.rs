//! Builds abstract specs from tokens.

use std::borrow::Cow;
use std::ops::Range;

use super::error::{ParseError, ParseErrorKind};
use super::token::{Token, TokenKind, tokenize};
use super::{MAX_DEPTH, MAX_LEN, MAX_PUT_IN, node};
use crate::spec::{
    AbstractSpec, Dependency, DependencyTypes, LEGACY_COMPILERS, NodeConstraint, Reach, Refusal,
    Toolchains,
};

/// Reads one text. The grammar:
///
/// ```text
/// specs  := spec { spec }
/// spec   := node { dep node }
/// dep    := ("^" | "%" | "%%") [ "[" { attr } "]" ] [ virtuals "=" ]
/// node   := [ name | namespace "." name | "*" ] { version | variant | key "=" value | "/" hash }
/// attr   := "deptypes=" types | "virtuals=" names | "when=" spec
/// ```
///
/// A `^` hangs on the root, a `%` on the last `^` or, before any, on the root. Text after the name
/// of a toolchain begins another spec, as a toolchain is not a node.
pub(super) struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    position: usize,
    depth: usize,
    toolchains: &'t Toolchains,
    /// The number of dependencies that were visited to expand toolchains.
    put_in: usize,
    /// The name of the toolchain that was read last.
    last_toolchain: Option<Range<usize>>,
}

/// The places where toolchains may be named.
pub(super) enum Place<'t> {
    /// A bare name after `%`.
    Name(&'t str),
    /// The condition of an edge.
    Condition(Cow<'t, str>),
}

/// The text between the brackets of an edge.
#[derive(Default)]
struct Attributes {
    types: DependencyTypes,
    virtuals: Vec<Box<str>>,
    when: Option<Box<AbstractSpec>>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(
        text: &'t str,
        depth: usize,
        toolchains: &'t Toolchains,
    ) -> Result<Self, ParseError> {
        let fail = |kind, span| Err(error(text, kind, span));
        if text.len() > MAX_LEN {
            let kind = ParseErrorKind::TooLong {
                length: text.len(),
                limit: MAX_LEN,
            };
            // The text is not kept, as it is what is too long.
            return Err(error("", kind, 0..0));
        }
        if depth > MAX_DEPTH {
            return fail(ParseErrorKind::TooDeep { limit: MAX_DEPTH }, 0..text.len());
        }
        match tokenize(text) {
            Ok(tokens) => Ok(Self {
                text,
                tokens,
                position: 0,
                depth,
                toolchains,
                put_in: 0,
                last_toolchain: None,
            }),
            Err(position) => {
                let width = text[position..].chars().next().map_or(0, char::len_utf8);
                let span = position..position + width;
                fail(ParseErrorKind::UnexpectedCharacter, span)
            }
        }
    }

    /// The next spec, or nothing at the end of the text.
    pub(super) fn next_spec(&mut self) -> Result<Option<AbstractSpec>, ParseError> {
        let Some(first) = self.peek() else {
            return Ok(None);
        };
        if first.kind == TokenKind::EdgeEnd {
            return Err(self.fail(ParseErrorKind::UnopenedEdge, first.span.clone()));
        }
        let start = first.span.start;
        let mut root = AbstractSpec {
            node: self.node(None)?.unwrap_or_default(),
            dependencies: Vec::new(),
        };
        // The dependency of the root that `%` hangs on.
        let mut holder: Option<usize> = None;
        while let Some(sigil) = self.accept(&[TokenKind::EdgeStart, TokenKind::Dependency]) {
            if let Some(name) = self.toolchain(&sigil) {
                let holding = match holder {
                    Some(position) => &mut root.dependencies[position].spec,
                    None => &mut root,
                };
                self.put_in(holding, self.reach(&sigil), name)?;
                continue;
            }
            let dependency = self.dependency(&sigil)?;
            let is_direct = dependency.reach.is_direct();
            let is_holder = !is_direct && self.is_at_direct_dependency();
            let name = dependency.spec.node.name.clone();
            let holding = match holder {
                Some(position) if is_direct => &mut root.dependencies[position].spec,
                _ => &mut root,
            };
            let position = holding.add(dependency, is_holder).map_err(|refusal| {
                let name = name.unwrap_or_default();
                let end = self.tokens[self.position - 1].span.end;
                let kind = match refusal {
                    Refusal::Conflict(conflict) => {
                        ParseErrorKind::IncompatibleDependency { name, conflict }
                    }
                    Refusal::OverlappingTypes => ParseErrorKind::OverlappingTypes { name },
                };
                error(self.text, kind, sigil.span.start..end)
            })?;
            if !is_direct {
                holder = Some(position);
            }
        }
        if let Some((name, conflict)) = root.contradicting_twins() {
            let end = self.tokens[self.position - 1].span.end;
            let kind = ParseErrorKind::IncompatibleDependency { name, conflict };
            return Err(error(self.text, kind, start..end));
        }
        root.sort();
        Ok(Some(root))
    }

    /// Returns whether the next token is the sigil of a direct dependency.
    fn is_at_direct_dependency(&self) -> bool {
        let is_sigil =
            |token: &&Token| matches!(token.kind, TokenKind::EdgeStart | TokenKind::Dependency);
        let next = self.peek().filter(is_sigil);
        next.is_some_and(|token| self.text[token.span.clone()].starts_with('%'))
    }

    /// The name of a toolchain, if the next token is one after its bare sigil.
    fn toolchain(&mut self, sigil: &Token) -> Option<Range<usize>> {
        let is_named =
            |name: &&Token| stands_bare(sigil, name) && self.reach(sigil) != Reach::Transitive;
        let name = self.peek().filter(is_named)?;
        let span = name.span.clone();
        if !self.toolchains.contains_key(&self.text[span.clone()]) {
            return None;
        }
        self.position += 1;
        Some(span)
    }

    fn put_in(
        &mut self,
        holding: &mut AbstractSpec,
        reach: Reach,
        name: Range<usize>,
    ) -> Result<(), ParseError> {
        if self.text[name.clone()].contains('.') {
            let kind = ParseErrorKind::QualifiedToolchain;
            return Err(self.fail(kind, name));
        }
        let toolchain = &self.toolchains[&self.text[name.clone()]];
        self.put_in += 1 + holding.dependencies.len() + toolchain.dependencies.len();
        if self.put_in > MAX_PUT_IN {
            let kind = ParseErrorKind::TooMuchPutIn { limit: MAX_PUT_IN };
            return Err(self.fail(kind, name));
        }
        if let Err(contradiction) = holding.put_in(toolchain, reach) {
            return Err(self.fail(ParseErrorKind::Toolchain(contradiction), name));
        }
        self.last_toolchain = Some(name);
        Ok(())
    }

    /// The places where toolchains may be named from here on.
    pub(super) fn places_of_toolchains(&self) -> impl Iterator<Item = Place<'t>> {
        let text = self.text;
        let mut is_in_brackets = false;
        let tokens = &self.tokens[self.position..];
        tokens.iter().enumerate().filter_map(move |(at, token)| {
            match token.kind {
                TokenKind::EdgeStart => is_in_brackets = true,
                TokenKind::EdgeEnd => is_in_brackets = false,
                TokenKind::KeyValue if is_in_brackets => {
                    let (name, _, value) = node::split(&text[token.span.clone()]);
                    return (name == "when").then_some(Place::Condition(value));
                }
                TokenKind::Name | TokenKind::QualifiedName => {
                    let sigil = &tokens[at.checked_sub(1)?];
                    let is_named =
                        stands_bare(sigil, token) && text[sigil.span.clone()].starts_with('%');
                    return is_named.then(|| Place::Name(&text[token.span.clone()]));
                }
                _ => {}
            }
            None
        })
    }

    /// The error for a text that goes on behind its spec.
    pub(super) fn several(&self, rest: Range<usize>) -> ParseError {
        let before = self.position.checked_sub(1).map(|at| &self.tokens[at].span);
        let toolchain = self.last_toolchain.as_ref();
        if let Some(name) = toolchain.filter(|name| before == Some(name)) {
            let of_node = self.tokens[self.position..].iter().take_while(|token| {
                !matches!(
                    token.kind,
                    TokenKind::Name
                        | TokenKind::QualifiedName
                        | TokenKind::FileName
                        | TokenKind::EdgeStart
                        | TokenKind::EdgeEnd
                        | TokenKind::Dependency
                )
            });
            if let Some(last) = of_node.last() {
                let span = rest.start..last.span.end;
                let kind = ParseErrorKind::AfterToolchain {
                    name: self.text[name.clone()].into(),
                    more: self.text[span.clone()].into(),
                };
                return self.fail(kind, span);
            }
        }
        self.fail(ParseErrorKind::Several, rest)
    }

    /// The place where another spec would start.
    pub(super) fn rest(&self) -> Option<Range<usize>> {
        self.peek().map(|token| token.span.clone())
    }

    /// The greatest distance of the dependency behind a sigil.
    fn reach(&self, sigil: &Token) -> Reach {
        match self.text[sigil.span.clone()].as_bytes() {
            [b'%', b'%', ..] => Reach::DirectPreferred,
            [b'%', ..] => Reach::Direct,
            _ => Reach::Transitive,
        }
    }

    fn dependency(&mut self, sigil: &Token) -> Result<Dependency, ParseError> {
        let reach = self.reach(sigil);
        let (attributes, head) = if sigil.kind == TokenKind::EdgeStart {
            self.attributes()?
        } else {
            (Attributes::default(), sigil.clone())
        };
        let mut virtuals = attributes.virtuals;
        let mut substitute = None;
        if let Some(assignment) = head.assignment {
            let names = self.text[assignment.virtuals].split(',');
            virtuals.extend(names.map(Box::from));
            substitute = Some(assignment.substitute);
        }
        virtuals.sort();
        virtuals.dedup();
        let Some(mut node) = self.node(substitute)? else {
            return Err(self.fail(ParseErrorKind::MissingDependency, sigil.span.clone()));
        };
        if reach.is_direct()
            && let Some(name) = &mut node.name
        {
            let legacy = LEGACY_COMPILERS.iter().find(|(old, _)| *old == &**name);
            if let Some(&(_, new)) = legacy {
                *name = new.into();
            }
        }
        Ok(Dependency {
            reach,
            types: attributes.types,
            virtuals,
            when: attributes.when,
            spec: AbstractSpec {
                node,
                dependencies: Vec::new(),
            },
        })
    }

    /// Reads to the closing bracket and returns it too.
    fn attributes(&mut self) -> Result<(Attributes, Token), ParseError> {
        let mut attributes = Attributes::default();
        let mut seen = Vec::new();
        loop {
            if let Some(end) = self.accept(&[TokenKind::EdgeEnd]) {
                return Ok((attributes, end));
            }
            let Some(token) = self.accept(&[TokenKind::KeyValue]) else {
                let span = self.rest().unwrap_or(self.text.len()..self.text.len());
                return Err(self.fail(ParseErrorKind::UnexpectedInEdge, span));
            };
            let (name, _, value) = node::split(&self.text[token.span.clone()]);
            let fail = |kind| Err(error(self.text, kind, token.span.clone()));
            let field = match name {
                "deptypes" => "deptypes",
                "virtuals" => "virtuals",
                "when" => "when",
                name => return fail(ParseErrorKind::UnknownAttribute { name: name.into() }),
            };
            if seen.contains(&field) {
                return fail(ParseErrorKind::SeveralFields { field });
            }
            seen.push(field);
            match field {
                "deptypes" => {
                    for name in value.trim().split(',') {
                        // Spack has a name for all of them, but not in a list.
                        let types = DependencyTypes::from_name(name);
                        let Some(types) = types.filter(|&types| types != DependencyTypes::ALL)
                        else {
                            let name = name.into();
                            return fail(ParseErrorKind::UnknownType { name });
                        };
                        attributes.types = attributes.types | types;
                    }
                }
                "virtuals" => {
                    for name in value.split(',').map(str::trim) {
                        if !node::is_identifier(name) {
                            let name = name.into();
                            return fail(ParseErrorKind::BadVirtual { name });
                        }
                        attributes.virtuals.push(name.into());
                    }
                }
                _ => match super::parse_nested(&value, self.depth + 1, self.toolchains) {
                    Ok(when) => attributes.when = Dependency::condition(when),
                    Err(fault) => return fail(ParseErrorKind::Condition(fault)),
                },
            }
        }
    }

    /// Reads a node; nothing if no token of one is next. `name` was read with the sigil.
    fn node(&mut self, name: Option<Range<usize>>) -> Result<Option<NodeConstraint>, ParseError> {
        let mut builder = node::NodeBuilder::default();
        let mut is_empty = name.is_none();
        if let Some(span) = name {
            builder.name(&self.text[span]);
        } else if let Some(token) = self.accept(&[TokenKind::Name, TokenKind::QualifiedName]) {
            is_empty = false;
            builder.name(&self.text[token.span]);
        } else if let Some(token) = self.accept(&[TokenKind::FileName]) {
            return Err(self.fail(ParseErrorKind::FileName, token.span));
        }
        while let Some(token) = self.peek() {
            match builder.take(token.kind, &self.text[token.span.clone()]) {
                Ok(true) => {}
                Ok(false) => break,
                Err(kind) => return Err(self.fail(kind, token.span.clone())),
            }
            is_empty = false;
            self.position += 1;
        }
        Ok((!is_empty).then(|| builder.finish()))
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.position)
    }

    fn accept(&mut self, kinds: &[TokenKind]) -> Option<Token> {
        let token = self.peek().filter(|token| kinds.contains(&token.kind))?;
        let token = token.clone();
        self.position += 1;
        Some(token)
    }

    pub(super) fn fail(&self, kind: ParseErrorKind, span: Range<usize>) -> ParseError {
        error(self.text, kind, span)
    }
}

/// Returns whether a name stands bare behind a sigil, without brackets and a virtual package.
fn stands_bare(sigil: &Token, name: &Token) -> bool {
    sigil.kind == TokenKind::Dependency
        && sigil.assignment.is_none()
        && matches!(name.kind, TokenKind::Name | TokenKind::QualifiedName)
}

fn error(text: &str, kind: ParseErrorKind, span: Range<usize>) -> ParseError {
    ParseError {
        kind: Box::new(kind),
        text: text.into(),
        span,
    }
}
