//! OpenSMTPD and Postfix as Debian has them, each in a root folder and a namespace of processes of its own, on free ports.
//!
//! What is sent to them is left to `email_relays`.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::tools::{output, service_tree, skip};

/// Lays the unpacked packages over this system, in memory, and starts a script there: both servers want users, a spool and paths that
/// are not ours to make. `$1` unpacked packages, `$2` an empty folder, `$3` the folder that both sides see, as `/mail`.
const MACHINE: &str = r#"
mount -t tmpfs none "$2"
mkdir "$2/upper" "$2/work" "$2/root"
chmod 755 "$2" "$2/upper"
for top in "$1"/*; do
    to=$2/upper/${top##*/}
    # /lib is /usr/lib on the system, and two folders in packages.
    if [ -L "/${top##*/}" ]; then to=$2/upper/usr/${top##*/}; fi
    mkdir -p "$to"
    cp -a "$top/." "$to"
done
mount -t overlay overlay -o "lowerdir=/,upperdir=$2/upper,workdir=$2/work" "$2/root"
mount --rbind /dev "$2/root/dev"
mount -t proc proc "$2/root/proc"
mkdir -p "$2/root/mail"
mount --bind "$3" "$2/root/mail"
exec chroot "$2/root" /bin/sh -e /mail/start
"#;

/// Users of both servers, and alice, whose mailbox is seen from outside.
const USERS: &str = r#"
PATH=/usr/sbin:/usr/bin:/sbin:/bin
nobody=/nonexistent:/bin/false
echo "opensmtpd:x:9001:9001::$nobody
opensmtpq:x:9002:9002::$nobody
postfix:x:9003:9003::$nobody
alice:x:9010:9010::/mail/alice:/bin/false" >>/etc/passwd
echo "opensmtpd:x:9001:
opensmtpq:x:9002:
postfix:x:9003:
postdrop:x:9004:
alice:x:9010:" >>/etc/group
mkdir -p /mail/alice
chown 9010:9010 /mail/alice
"#;

/// A running server; it and all that it started end with the test.
pub(crate) struct Server {
    child: Child,
    folder: TempDir,
    /// Where it listens.
    pub(crate) ports: Vec<u16>,
}

impl Drop for Server {
    fn drop(&mut self) {
        // The first process of the namespace: when it is killed, the system ends all others there. `--kill-child` does not reach it,
        // since a process that changes its user, as Postfix does, is no longer told of its parent's end.
        let id = self.child.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        let pids = children.split_ascii_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?));
        for pid in pids {
            let _ = kill_process(pid, Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a script, in which `{0}`, `{1}`, … stand for free ports; nothing where that is not possible.
    fn start(program: &str, ports: usize, script: &str, prepare: impl FnOnce(&Path)) -> Option<Self> {
        let Some(tree) = service_tree(program).filter(|tree| tree != Path::new("/")) else {
            skip(program);
            return None;
        };
        if !can_be_a_machine() {
            skip("root, and namespaces with overlays");
            return None;
        }
        let folder =
            tempfile::Builder::new().prefix("suite-").tempdir_in("/tmp").expect("a temporary folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
        let (machine, mail) = (folder.path().join("machine"), folder.path().join("mail"));
        for path in [&machine, &mail] {
            fs::create_dir(path).expect("a new folder");
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        }
        prepare(&mail);
        let free: Vec<TcpListener> =
            (0..ports).map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port")).collect();
        let ports: Vec<u16> = free.iter().map(|port| port.local_addr().expect("an address").port()).collect();
        let script = (0..).zip(&ports).fold(script.to_owned(), |script, (number, port)| {
            script.replace(&format!("{{{number}}}"), &port.to_string())
        });
        fs::write(mail.join("start"), format!("{USERS}{script}")).expect("a script");
        drop(free);
        let log = fs::File::create(folder.path().join("log")).expect("a log");
        let child = Command::new("unshare")
            .args(["--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", MACHINE, "sh"])
            .args([&tree, &machine, &mail])
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn()
            .expect("unshare starts");
        let mut server = Self { child, folder, ports };
        server.wait();
        Some(server)
    }

    /// Until each port is answered.
    fn wait(&mut self) {
        let end = Instant::now() + Duration::from_secs(60);
        for port in &self.ports {
            while TcpStream::connect(("127.0.0.1", *port)).is_err() {
                let ended = self.child.try_wait().expect("a child").is_some();
                assert!(!ended && Instant::now() < end, "it does not listen:\n{}", self.log());
                sleep(Duration::from_millis(50));
            }
        }
    }

    /// What it has said.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// The messages in the mailbox of alice, once there are as many; they arrive after they were accepted.
    #[track_caller]
    pub(crate) fn mailbox(&self, wanted: usize) -> Vec<PathBuf> {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let new = fs::read_dir(self.folder.path().join("mail/alice/Maildir/new"));
            let found: Vec<PathBuf> = new.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
            if found.len() >= wanted {
                return found;
            }
            assert!(Instant::now() < end, "{} messages of {wanted}:\n{}", found.len(), self.log());
            sleep(Duration::from_millis(50));
        }
    }
}

/// Whether we may do what a server needs.
fn can_be_a_machine() -> bool {
    if !rustix::process::geteuid().is_root() {
        return false;
    }
    let folder = TempDir::new().expect("a folder");
    let script = "mount -t tmpfs none \"$1\"; mkdir \"$1/u\" \"$1/w\" \"$1/r\"
        mount -t overlay overlay -o \"lowerdir=/,upperdir=$1/u,workdir=$1/w\" \"$1/r\"";
    let tried = Command::new("unshare")
        .args(["--mount", "--pid", "--fork", "sh", "-ec", script, "sh"])
        .arg(folder.path())
        .output();
    tried.is_ok_and(|tried| tried.status.success())
}

/// OpenSMTPD: example.org is local, alice is its only user, 200 KB is the limit.
pub(crate) fn opensmtpd() -> Option<Server> {
    opensmtpd_taking("200K")
}

/// The same with another limit.
pub(crate) fn opensmtpd_taking(limit: &str) -> Option<Server> {
    let script = r#"
cat >/etc/smtpd.conf <<END
smtp max-message-size {limit}
listen on 127.0.0.1 port {0}
action "inbox" maildir "/mail/%{user.username}/Maildir"
match from any for domain "example.org" action "inbox"
END
exec smtpd -d
"#;
    Server::start("usr/sbin/smtpd", 1, &script.replace("{limit}", limit), |_| {})
}

/// Postfix: a plain port, TLS from the first byte with a login, STARTTLS with a login; 100 KB is the limit.
pub(crate) fn postfix() -> Option<Server> {
    let script = r#"
printf '%s\n' 'slow@example.org 450 4.2.0 come again' 'full@example.org 452 4.2.2 mailbox full' \
    'huge@example.org 552 5.2.2 over quota' 'alice@example.org OK' >/etc/postfix/access
cat >/etc/postfix/main.cf <<END
compatibility_level = 3.6
maillog_file = /dev/stdout
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.example.org
mydestination = example.org
local_recipient_maps =
alias_maps =
home_mailbox = Maildir/
mailbox_size_limit = 0
message_size_limit = 102400
smtpd_peername_lookup = no
smtpd_recipient_restrictions = check_recipient_access texthash:/etc/postfix/access, reject
smtpd_tls_cert_file = /mail/relay.pem
smtpd_tls_key_file = /mail/relay.key
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = /mail/auth
END
login="-o smtpd_sasl_auth_enable=yes -o smtpd_client_restrictions=permit_sasl_authenticated,reject"
cat >/etc/postfix/master.cf <<END
{0} inet n - n - - smtpd
{1} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes $login
{2} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt $login
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
local unix - n n - - local
anvil unix - - n - 1 anvil
END
mkdir -p /var/spool/postfix /var/lib/postfix
chown postfix /var/lib/postfix
exec postfix start-fg
"#;
    Server::start("usr/lib/postfix/sbin/master", 3, script, |mail| {
        certificates(mail, "relay");
        certificates(mail, "other");
        logins(&mail.join("auth"));
    })
}

/// A CA (`NAME.ca.pem`) and a certificate of it for this machine (`NAME.pem`, `NAME.key`), for 40 days.
pub(crate) fn certificates(folder: &Path, name: &str) {
    let script = r#"cd "$1"
        openssl req -x509 -newkey rsa:2048 -nodes -keyout "$2.ca.key" -out "$2.ca.pem" -subj "/CN=$2 CA" -days 40
        openssl req -newkey rsa:2048 -nodes -keyout "$2.key" -out "$2.csr" -subj "/CN=$2"
        printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' >"$2.ext"
        openssl x509 -req -in "$2.csr" -CA "$2.ca.pem" -CAkey "$2.ca.key" -CAcreateserial -extfile "$2.ext" -days 40 -out "$2.pem""#;
    output("sh", ["-ec".as_ref(), script.as_ref(), "sh".as_ref(), folder.as_os_str(), name.as_ref()]);
}

impl Server {
    /// A file that both sides see.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("mail").join(name)
    }
}

/// Answers what Postfix asks of Dovecot about logins: alice's password is `open sesame`. With its other library, Cyrus SASL, a data base of
/// passwords and the tool that writes it would be needed.
fn logins(socket: &Path) {
    let listener = UnixListener::bind(socket).expect("a socket");
    fs::set_permissions(socket, fs::Permissions::from_mode(0o777)).expect("it is ours");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer_logins(stream));
        }
    });
}

fn answer_logins(mut stream: UnixStream) -> Option<()> {
    let hello = "VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00000000000000000000000000000000\nDONE\n";
    stream.write_all(hello.as_bytes()).ok()?;
    for line in BufReader::new(stream.try_clone().ok()?).lines() {
        let line = line.ok()?;
        let mut words = line.split('\t');
        if words.next() != Some("AUTH") {
            continue;
        }
        let id = words.next()?;
        // NUL alice NUL open sesame.
        let right = line.ends_with("\tresp=AGFsaWNlAG9wZW4gc2VzYW1l");
        let answer =
            if right { format!("OK\t{id}\tuser=alice\n") } else { format!("FAIL\t{id}\tuser=alice\n") };
        stream.write_all(answer.as_bytes()).ok()?;
    }
    None
}
