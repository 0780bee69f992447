//! How secret a document is: read from the words that the settings print at its head, once, for all who have to know.
//!
//! What may be done with it is left to who sends it.

/// How secret a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Secrecy {
    /// Anybody may have it.
    Public,
    /// 内部: those it is meant for.
    Internal,
    /// 秘密.
    Secret,
    /// 机密.
    Confidential,
    /// 绝密.
    TopSecret,
}

impl Secrecy {
    const ALL: [Self; 5] = [Self::Public, Self::Internal, Self::Secret, Self::Confidential, Self::TopSecret];

    /// What a mark says. Marks are often spaced out, 秘　密, and may say for how long: 机密★一年.
    pub fn of(mark: &str) -> Self {
        let mark = mark.replace(char::is_whitespace, "");
        let says = |word: &str| mark.contains(word);
        if says("绝密") {
            Self::TopSecret
        } else if says("机密") {
            Self::Confidential
        } else if says("秘密") {
            Self::Secret
        } else if says("内部") {
            Self::Internal
        } else {
            Self::Public
        }
    }

    /// As a view says it; the grades of state secrets (密级) have their own words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Secret => "秘密",
            Self::Confidential => "机密",
            Self::TopSecret => "绝密",
        }
    }

    /// What a view says.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|secrecy| secrecy.name() == name)
    }

    /// Whether it is a state secret (国家秘密), which no network here may carry.
    pub fn is_state_secret(self) -> bool {
        self >= Self::Secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_understood() {
        for (mark, secrecy) in [
            ("公开资料整理", Secrecy::Public),
            ("", Secrecy::Public),
            ("内部资料", Secrecy::Internal),
            ("内 部\u{3000}资料", Secrecy::Internal),
            ("秘　密", Secrecy::Secret),
            ("机密★一年", Secrecy::Confidential),
            ("绝密 内部", Secrecy::TopSecret),
        ] {
            assert_eq!(Secrecy::of(mark), secrecy, "{mark}");
            assert_eq!(Secrecy::parse(secrecy.name()), Some(secrecy));
            assert_eq!(secrecy.is_state_secret(), secrecy > Secrecy::Internal);
        }
        assert_eq!(Secrecy::parse("secret"), None);
    }
}
