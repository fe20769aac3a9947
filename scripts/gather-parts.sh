#!/usr/bin/env bash
# Gathers in one folder what the programs and the container image take from Debian, static libraries and certificates, and
# prints its path.
#
# usage: gather-parts.sh [--kept]     --kept: those that were gathered last, if any, without asking Debian for newer ones
#
# curl and simdjson are built from Debian's source packages: Debian's own static libcurl needs libraries that exist only
# as shared ones, and simdjson has no static library at all. The others are Debian's. Certificates come out of the
# package itself, so that whatever a machine trusts besides stays out. The folder's name is a digest of the versions and
# of this script, so that a security update or an edit builds anew and anything else is free.
set -euo pipefail
cd "$(dirname "$0")/.."

store=$PWD/.build/parts
apt_files=$store/apt
debian_libraries=(libcrypto libnghttp2 libsqlite3 libssl libyaml libz libzstd)

# Debian's sources of this machine, source packages included, without touching the machine's own lists.
apt_options=(
    -o Dir::Etc::sourcelist="$apt_files/sources.list" -o Dir::Etc::sourceparts="$apt_files/sources.d"
    -o Dir::State::lists="$apt_files/lists" -o Dir::Cache="$apt_files/cache" -o APT::Sandbox::User=root
)

prepare_apt() {
    rm -rf "$apt_files"
    mkdir -p "$apt_files"/{lists/partial,cache/archives/partial,sources.d}
    local file
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -e "$file" ] || continue
        sed 's/^Types:.*/Types: deb deb-src/' "$file" >"$apt_files/sources.d/${file##*/}"
    done
    [ ! -e /etc/apt/sources.list ] ||
        sed -n 's/^deb \(.*\)/deb \1\ndeb-src \1/p' /etc/apt/sources.list >"$apt_files/sources.list"
    apt-get "${apt_options[@]}" update -qq >&2
}

# The version of a source package that would be fetched.
version_of() {
    local uris
    uris=$(apt-get "${apt_options[@]}" source --print-uris -qq "$1")
    sed -n "s/^'[^']*' $1_\(.*\)\.dsc .*/\1/p" <<<"$uris" | grep . ||
        { echo "cannot find the source package '$1': add Debian's deb-src lists" >&2; return 1; }
}

fetch() {
    (cd "$work" && apt-get "${apt_options[@]}" source -qq "$1" >"$1.log" 2>&1) || { tail -20 "$work/$1.log" >&2; return 1; }
    find "$work" -maxdepth 1 -type d -name "$1-*"
}

unpack_certificates() {
    (cd "$work" && apt-get "${apt_options[@]}" download -qq ca-certificates)
    dpkg-deb --extract "$work"/ca-certificates_*.deb "$work/ca-certificates"
    mv "$work/ca-certificates/usr/share/ca-certificates/mozilla" "$prefix/certificates"
}

# Runs a command quietly; shows the end of what it wrote when it fails.
logged() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 || { tail -30 "$log" >&2; return 1; }
}

# HTTP and HTTPS, HTTP/2, gzip and zstd, and nothing that the job never speaks.
build_curl() {
    local folder
    folder=$(fetch curl)
    cd "$folder"
    CFLAGS="$(flags CFLAGS)" CPPFLAGS="$(flags CPPFLAGS)" logged "$work/curl.log" ./configure --quiet \
        --prefix="$prefix" --disable-shared --enable-static --enable-symbol-hiding --enable-threaded-resolver \
        --with-openssl --with-nghttp2 --with-zlib --with-zstd --without-ca-bundle --without-ca-path \
        --without-{brotli,libidn2,libpsl,librtmp,libssh2} \
        --disable-{alt-svc,cookies,curldebug,debug,dict,doh,file,ftp,gopher,hsts,imap,ldap,ldaps,manual,mqtt,netrc} \
        --disable-{ntlm,pop3,rtsp,smb,smtp,telnet,tftp,unix-sockets,websockets}
    logged "$work/curl.log" make -s -C lib -j"$(nproc)"
    logged "$work/curl.log" make -s -C lib install
    logged "$work/curl.log" make -s -C include install
}

build_simdjson() {
    local folder
    folder=$(fetch simdjson)
    cd "$folder/singleheader"
    # shellcheck disable=SC2046 # the flags are words
    g++ -std=c++17 -DNDEBUG -DSIMDJSON_EXCEPTIONS=0 $(flags CPPFLAGS) $(flags CXXFLAGS) -c simdjson.cpp -o simdjson.o
    ar rcsD "$prefix/lib/libsimdjson.a" simdjson.o
    cp simdjson.h "$prefix/include/"
}

# Debian's own hardening flags, without debug information: the image carries none.
flags() { DEB_BUILD_MAINT_OPTIONS=hardening=+all DEB_CFLAGS_STRIP=-g DEB_CXXFLAGS_STRIP=-g dpkg-buildflags --get "$1"; }

# Links in the folder, so that it is the only place in which the linker looks.
link_debian_libraries() {
    local library found
    for library in "${debian_libraries[@]}"; do
        found=$(find /usr/lib -maxdepth 2 -name "$library.a" -print -quit)
        [ -n "$found" ] || { echo "cannot find $library.a: run scripts/install-dependencies.sh build" >&2; return 1; }
        ln -s "$found" "$prefix/lib/$library.a"
    done
}

# What the Swift package manager asks for each C library; all of them lead into the folder.
write_pkg_config() {
    local name=$1 description=$2 version=$3
    shift 3
    printf '%s\n' "Name: $name" "Description: $description" "Version: $version" \
        "Libs: -L$destination/lib $*" "Cflags: -I$destination/include" >"$prefix/lib/pkgconfig/$name.pc"
}

write_pkg_configs() {
    rm -rf "$prefix"/lib/pkgconfig "$prefix"/lib/*.la
    mkdir -p "$prefix/lib/pkgconfig"
    write_pkg_config libcurl "HTTP client" "${curl_version%%-*}" -lcurl -lnghttp2 -lssl -lcrypto -lzstd -lz
    local pair
    for pair in libcrypto:-lcrypto libzstd:-lzstd sqlite3:-lsqlite3 yaml-0.1:-lyaml zlib:-lz; do
        write_pkg_config "${pair%%:*}" "Debian's own" "$(pkg-config --modversion "${pair%%:*}")" "${pair#*:}" -lm
    done
}

script_digest=$(sha256sum <"scripts/${0##*/}" | cut -c1-16)
kept=$(readlink "$store/kept" || true)
if [ "${1:-}" = --kept ] && [[ $kept == "$script_digest"-* ]] && [ -d "$store/$kept" ]; then
    echo "$store/$kept"
    exit
fi
prepare_apt
curl_version=$(version_of curl)
simdjson_version=$(version_of simdjson)
certificates_version=$(version_of ca-certificates)
versions_digest=$(sha256sum <<<"$curl_version $simdjson_version $certificates_version" | cut -c1-16)
destination=$store/$script_digest-$versions_digest
if [ ! -d "$destination" ]; then
    echo "building curl ${curl_version%%-*} and simdjson ${simdjson_version%%-*} from Debian's sources, about a minute" >&2
    work=$(mktemp -d "$store/work.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    prefix=$work/prefix
    mkdir -p "$prefix"/{lib,include}
    (build_curl)
    (build_simdjson)
    unpack_certificates
    link_debian_libraries
    write_pkg_configs
    # Read by scripts/write-sbom.py: file or folder, source package, version.
    printf '%s\n' "libcurl.a curl $curl_version" "libsimdjson.a simdjson $simdjson_version" \
        "certificates ca-certificates $certificates_version" >"$prefix/sources"
    mv "$prefix" "$destination"
fi
ln -sfn "${destination##*/}" "$store/kept"
echo "$destination"
