//! The URLs to which parcels may be posted: https, and only hosts that are listed.
//!
//! What is posted there is left to `http` and the channels.

use std::fmt::Write as _;

use ureq::http::Uri;

use super::Enclosure;

/// Why a parcel may not be posted to a URL. The URL itself is not told: its path or query may hold a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// It cannot be read.
    #[error("that is no URL")]
    NoUrl,
    /// It is neither https nor http.
    #[error("the URL must begin with https://")]
    Scheme,
    /// It holds a login.
    #[error("the URL of `{host}` holds a login: secrets have their own settings")]
    Login {
        /// The host.
        host: String,
    },
    /// It is http, and not to this machine.
    #[error(
        "the URL of `{host}` must begin with https://: only 127.0.0.1, [::1] and localhost may be reached without"
    )]
    Plain {
        /// The host.
        host: String,
    },
    /// The host is not on the list.
    #[error("`{host}` is not among the allowed hosts")]
    NotAllowed {
        /// The host.
        host: String,
    },
}

/// A URL to which something may be sent. `hosts` are names as in URLs, with a port where only that port is meant.
pub(super) fn allowed(url: &str, hosts: &[String]) -> Result<Uri, UrlError> {
    // What cannot stand in a URL is refused here and not mended: two readers would mend it in two ways.
    let odd = |c: char| !c.is_ascii_graphic() || "\\#\"<>^`{|}".contains(c);
    if url.contains(odd) {
        return Err(UrlError::NoUrl);
    }
    let uri: Uri = url.parse().map_err(|_| UrlError::NoUrl)?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(UrlError::NoUrl);
    };
    let host = authority.host().to_ascii_lowercase();
    if scheme != "https" && scheme != "http" {
        return Err(UrlError::Scheme);
    }
    if authority.as_str().contains('@') {
        return Err(UrlError::Login { host });
    }
    // A port that is no number from 0 to 65535 is read as none by the parser.
    let port = authority.as_str().get(host.len()..).unwrap_or_default();
    if host.is_empty() || (!port.is_empty() && authority.port_u16().is_none()) {
        return Err(UrlError::NoUrl);
    }
    if scheme == "http" && !is_loopback(&host) {
        return Err(UrlError::Plain { host });
    }
    let port = authority.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
    let with_port = format!("{host}:{port}");
    let listed = hosts.iter().any(|listed| {
        let listed = listed.to_ascii_lowercase();
        listed == host || listed == with_port
    });
    if listed { Ok(uri) } else { Err(UrlError::NotAllowed { host: with_port }) }
}

/// Where a file is found below a place that shows the output folder.
pub(super) fn link(base: &str, file: &Enclosure) -> String {
    let names: Vec<String> = file.path.split('/').map(percent).collect();
    format!("{}/{}", base.trim_end_matches('/'), names.join("/"))
}

/// Bytes that cannot stand in a URL or a parameter of a header as they are.
pub(super) fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(hosts: &[&str]) -> Vec<String> {
        hosts.iter().map(|host| (*host).to_owned()).collect()
    }

    #[test]
    fn only_listed_hosts_are_allowed() {
        let listed = hosts(&["hooks.example.cn", "Other.example.cn:8443", "127.0.0.1"]);
        for url in [
            "https://hooks.example.cn/a?b=c",
            "https://HOOKS.example.cn:444/",
            "https://other.example.cn:8443/x",
            "http://127.0.0.1:9999/",
        ] {
            assert!(allowed(url, &listed).is_ok(), "{url}");
        }
        for url in [
            "https://example.cn/",
            "https://evil-hooks.example.cn/",
            "https://hooks.example.cn.evil.net/",
            "https://hooks.example.cn./",
            "https://other.example.cn/",
            "https://[::1]/",
            "https://2130706433/",
        ] {
            assert!(matches!(allowed(url, &listed), Err(UrlError::NotAllowed { .. })), "{url}");
        }
    }

    #[test]
    fn what_is_no_plain_https_url_is_refused() {
        let listed = hosts(&["a.cn", "10.0.0.1", "localhost", "[::1]"]);
        let error = |url: &str| allowed(url, &listed).expect_err("it is refused");
        for url in ["", "a.cn", "/a", "https://", "https:///a", "https://a.cn:99999/", "https://a.cn/#x"] {
            assert_eq!(error(url), UrlError::NoUrl, "{url}");
        }
        for url in ["https://a.cn\\@b.cn/", "https://a.cn/ b", "https://a.cn/\r\nx", "https://例.cn/"] {
            assert_eq!(error(url), UrlError::NoUrl, "{url:?}");
        }
        assert_eq!(error("ftp://a.cn/"), UrlError::Scheme);
        assert!(matches!(error("https://me:hunter2@a.cn/"), UrlError::Login { .. }));
        for url in ["http://a.cn/", "http://10.0.0.1/", "http://localhost.a.cn/"] {
            assert!(matches!(error(url), UrlError::Plain { .. }), "{url}");
        }
        assert!(
            allowed("http://localhost:1/", &listed).is_ok() && allowed("http://[::1]:1/", &listed).is_ok()
        );
    }

    #[test]
    fn an_error_does_not_tell_the_query() {
        let error = allowed("https://b.cn/hook?key=hunter2", &hosts(&["a.cn"])).expect_err("another host");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
