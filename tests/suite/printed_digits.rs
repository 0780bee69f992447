//! No digit that a template prints is typed in it: every number a reader sees comes out of the view.
//!
//! The rule: a digit is printed when it stands in words of markup, in a numbered list, as a number set straight into markup, or
//! in a string. Strings that are no words are let through by what takes them: colours, expressions, labels, keys, paths, papers,
//! `numbering` patterns and faces.

use std::fs;
use std::path::PathBuf;

use typst::syntax::ast::{self, AstNode};
use typst::syntax::{LinkedNode, SyntaxKind, parse};

use crate::project::root;

/// Functions and methods whose strings are no words.
const WORDLESS: [&str; 12] = [
    "rgb",
    "luma",
    "cmyk",
    "regex",
    "label",
    "json",
    "toml",
    "read",
    "at",
    "starts-with",
    "ends-with",
    "panic",
];
/// Named arguments whose strings are no words.
const NAMES: [&str; 5] = ["paper", "font", "numbering", "key", "dir"];

/// Every printed digit of a template, as what stands there.
fn printed(text: &str) -> Vec<String> {
    let tree = parse(text);
    let mut found = Vec::new();
    visit(&LinkedNode::new(&tree), &mut found);
    found
}

fn visit(node: &LinkedNode<'_>, found: &mut Vec<String>) {
    let digit = node.leaf_text().chars().any(|c| c.is_numeric() && c != '〇');
    let is_printed = match node.kind() {
        SyntaxKind::Text | SyntaxKind::EnumMarker | SyntaxKind::Raw | SyntaxKind::MathText => digit,
        SyntaxKind::Str => digit && !wordless(node),
        // `#3` in markup; everywhere else a number is a measure.
        SyntaxKind::Int | SyntaxKind::Float => {
            node.parent().is_some_and(|parent| parent.kind() == SyntaxKind::Markup) || converted(node)
        }
        _ => false,
    };
    if is_printed {
        found.push(node.leaf_text().to_string());
    }
    node.children().for_each(|child| visit(&child, found));
}

/// Whether a string is an argument of something that prints no words, a key of a dictionary, or a path of an import.
fn wordless(node: &LinkedNode<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    match parent.kind() {
        SyntaxKind::ModuleImport | SyntaxKind::ModuleInclude => true,
        // Compared with, not printed.
        SyntaxKind::Binary => parent.cast::<ast::Binary>().is_some_and(|b| {
            matches!(b.op(), ast::BinOp::Eq | ast::BinOp::Neq | ast::BinOp::In | ast::BinOp::NotIn)
        }),
        SyntaxKind::Keyed => parent.children().next().is_some_and(|first| first.offset() == node.offset()),
        SyntaxKind::Named => {
            parent.children().next().is_some_and(|name| NAMES.contains(&name.leaf_text().as_str()))
        }
        SyntaxKind::Args => callee(parent).is_some_and(|name| WORDLESS.contains(&name.as_str())),
        _ => false,
    }
}

/// Whether a number is made a text: `str(3)`.
fn converted(node: &LinkedNode<'_>) -> bool {
    let args = node.parent().filter(|parent| parent.kind() == SyntaxKind::Args);
    args.and_then(callee).is_some_and(|name| name == "str")
}

/// The last name before the arguments: `rgb`, or `at` in `view.at("…")`.
fn callee(args: &LinkedNode<'_>) -> Option<String> {
    let call: ast::FuncCall<'_> = args.parent()?.cast()?;
    Some(match call.callee() {
        ast::Expr::FieldAccess(access) => access.field().as_str().to_owned(),
        callee => callee.to_untyped().full_text().to_string(),
    })
}

fn templates() -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join("templates")]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|e| e == "typ") => found.push(path),
                false => {}
            }
        }
    }
    found
}

#[test]
fn no_template_prints_a_digit_of_its_own() {
    let templates = templates();
    assert!(templates.len() > 20, "{templates:?}");
    for path in templates {
        let text = fs::read_to_string(&path).expect("a template");
        let tree = parse(&text);
        let (errors, _) = tree.errors_and_warnings();
        assert!(errors.is_empty(), "{}: {errors:?}", path.display());
        let found = printed(&text);
        assert!(found.is_empty(), "{} prints {found:?}", path.display());
    }
}

#[test]
fn a_printed_digit_is_seen() {
    for (text, seen) in [
        ("共5页", 1),
        ("#text(\"58个\")", 1),
        ("#let f(x) = [第３期 #x]", 1),
        ("#let unit = \"km²\"", 1),
        ("1. 一\n2. 二", 2),
        ("#3 个", 1),
        ("#(a + \"4\" + b)", 1),
        ("#str(7)", 1),
        ("#f(fill: \"12个\")", 1),
        ("#rgb(\"#e60012\")", 0),
        ("#v.at(\"x2\", default: 0)", 0),
        ("#regex(\"[0-9]\")", 0),
        ("#import \"page2.typ\": set-up", 0),
        ("#set page(paper: \"a4\", margin: 37mm)", 0),
        ("#(x: 3pt, \"a1\": 2)", 0),
        ("#if a == \"v2\" { 3 + 4 }", 0),
        ("一、二、三 // 5 lines", 0),
    ] {
        assert_eq!(printed(text).len(), seen, "{text}: {:?}", printed(text));
    }
}
