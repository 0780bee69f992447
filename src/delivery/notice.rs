//! A few lines to an operator about what somebody has to see to: no document, no file.
//!
//! What is told and by which channel is left to `schedule`.

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The same for the same notice: 64 hexadecimal digits.
    pub id: String,
    /// One line.
    pub subject: String,
    /// What happened, with the commands that mend it; each line ends with a line feed.
    pub text: String,
}

impl Notice {
    /// The beginning of subject and text together, of so many bytes at most.
    pub(super) fn within(&self, most: usize) -> String {
        let mut whole = format!("{}\n{}", self.subject, self.text);
        if whole.len() > most {
            let mut end = most.saturating_sub('…'.len_utf8());
            while !whole.is_char_boundary(end) {
                end -= 1;
            }
            whole.truncate(end);
            whole.push('…');
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_notice_is_cut_between_characters() {
        let text = "需".repeat(100);
        let notice = Notice { id: String::new(), subject: "【需处理】".into(), text };
        for most in 16..40 {
            let cut = notice.within(most);
            assert!(cut.len() <= most && cut.len() + 3 > most && cut.ends_with('…'), "{most}: {cut}");
        }
        assert_eq!(notice.within(1000), format!("【需处理】\n{}", "需".repeat(100)));
    }
}
