# shellcheck shell=bash
# What fetch-fonts and fetch-tools share: messages, the cache folder, and
# apt-get with state of its own. Sourced, never run.

# Standard output may be meant for eval, so messages go to standard error.
say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$1"; exit "${2:-1}"; }

# have COMMAND...: are they all on PATH?
have() {
    local command
    for command; do command -v "$command" >/dev/null 2>&1 || return 1; done
}

# The user's cache, so that a second clone needs no network; in the project
# where there is none that can be written (HOME of `nobody`, containers).
cache_dir() {
    local dir
    for dir in "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/report" "$1/target/cache"; do
        if mkdir -p "$dir" 2>/dev/null && [[ -w $dir ]]; then
            printf '%s\n' "$dir"
            return
        fi
    done
    die "cannot write $dir; set XDG_CACHE_HOME to a folder that can be written"
}

# apt_open DIR: package lists of our own in DIR. Sources, keys, preferences,
# proxies and the list of installed packages stay the system's; where its own
# lists are empty or root is missing, this works all the same.
apt_open() {
    apt_conf=$1/apt.conf
    mkdir -p "$1/state/lists/partial" "$1/cache/archives/partial"
    # The hooks are for the system's own state (they clean its cache). The
    # download user of apt cannot enter a folder below root's home.
    cat >"$apt_conf" <<EOF
Dir::State "$1/state";
Dir::State::lists "$1/state/lists";
Dir::Cache "$1/cache";
Dir::Cache::archives "$1/cache/archives";
APT::Sandbox::User "";
Acquire::Languages "none";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
EOF
    say "reading the package lists"
    apt_private -qq update >&2 || die "apt-get update failed; see above"
}

apt_private() { apt-get -c "$apt_conf" "$@"; }

# apt_download DIR PACKAGE...: only these, no dependencies. A package appears
# in DIR when it is whole.
apt_download() {
    local dir=$1 part
    shift
    mkdir -p "$dir"
    part=$(mktemp -d "$dir/.part.XXXXXX")
    if ! (cd "$part" && apt_private -q download "$@" >&2); then
        rm -rf "$part"
        return 1
    fi
    mv "$part"/*.deb "$dir"
    rm -rf "$part"
}
