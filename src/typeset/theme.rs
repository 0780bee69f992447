//! Which keys of the theme a file sets: what an office changed, without running it.
//!
//! What the keys mean stands beside each in `templates/lib/theme.typ`.

use typst::syntax::ast::{AstNode, DictItem, Expr, LetBinding, Named};
use typst::syntax::{SyntaxNode, parse};

/// The file of the theme within the folders of templates.
pub const THEME: &str = "lib/theme.typ";

/// The keys of the dictionary `theme` that a text writes out, those of inner ones as `words.draft`, in their order.
pub fn theme_keys(text: &str) -> Vec<String> {
    let root = parse(text);
    let mut keys = Vec::new();
    visit(&root, &mut |node| {
        let Some(binding) = node.cast::<LetBinding<'_>>() else { return true };
        let is_theme = binding.kind().bindings().iter().any(|name| name.as_str() == "theme");
        if let Some(init) = binding.init().filter(|_| is_theme) {
            gather(init.to_untyped(), "", &mut keys);
        }
        false
    });
    keys
}

/// Looks at a node and, where that says so, at what is in it.
fn visit(node: &SyntaxNode, look: &mut impl FnMut(&SyntaxNode) -> bool) {
    if look(node) {
        for child in node.children() {
            visit(child, look);
        }
    }
}

fn gather(node: &SyntaxNode, above: &str, keys: &mut Vec<String>) {
    visit(node, &mut |node| {
        match node.cast::<Expr<'_>>() {
            Some(Expr::Dict(dict)) => {
                for item in dict.items() {
                    if let DictItem::Named(named) = item {
                        add(named, above, keys);
                    }
                }
                false
            }
            // What is written in a function or in its arguments is no key of the theme.
            Some(Expr::Closure(_) | Expr::FuncCall(_) | Expr::ContentBlock(_)) => false,
            _ => true,
        }
    });
}

fn add(named: Named<'_>, above: &str, keys: &mut Vec<String>) {
    let key = format!("{above}{}", named.name().as_str());
    let before = keys.len();
    gather(named.expr().to_untyped(), &format!("{key}."), keys);
    if keys.len() == before {
        keys.push(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_however_they_are_added() {
        let text = "#import \"theme@official.typ\": theme as base\n\
            #let size = (title: 1pt)\n\
            #let theme = base + (red: rgb(\"#c00\"), words: base.words + (draft: \"x\"), number: n => (a: n))";
        assert_eq!(theme_keys(text), ["red", "words.draft", "number"]);
        assert!(theme_keys("#let other = (a: 1)").is_empty());
    }
}
