#!/bin/sh
# Runs the fuzz targets (fuzz/): libFuzzer with AddressSanitizer, on a nightly compiler.
#
#   scripts/fuzz.sh                  each for five minutes
#   scripts/fuzz.sh 60 elf report    so many seconds, these alone: value, literal, settings, filter, report, elf
#
# What was found lies in fuzz/artifacts/TARGET; what leads to new code, in fuzz/corpus/TARGET. The flags are those of
# `cargo fuzz`, which does the same where it is installed.
set -eu
cd "$(dirname "$0")/../fuzz"

seconds="${1:-300}"
[ $# -eq 0 ] || shift
targets="${*:-value literal settings filter report elf}"
host=x86_64-unknown-linux-gnu
build="${CARGO_TARGET_DIR:-target}/fuzz"

coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares"
RUSTFLAGS="--cfg fuzzing -Zsanitizer=address -Cunsafe-allow-abi-mismatch=sanitizer -Ccodegen-units=1 $coverage"
export RUSTFLAGS CARGO_TARGET_DIR="$build" CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true
# shellcheck disable=SC2086 # a list
cargo +nightly build --release --target "$host" $(printf -- '--bin %s ' $targets)

# What the fuzzer would take long to come to by itself.
seeds() {
    case "$1" in
        elf)
            printf '%s\n' '#include <string.h>' \
                'struct pair { int a; struct pair *next; union { char c[8]; double d; }; };' \
                'static inline int twice(int n) { return 2 * n; }' \
                'int walk(struct pair *p, const char *text) { int sum = twice((int)strlen(text));' \
                '  for (struct pair *q = p; q; q = q->next) { int part[2] = { q->a, twice(q->a) }; sum += part[1]; }' \
                '  return sum; }' >"$build/seed.c"
            for flags in "-gdwarf-4 -O0" "-gdwarf-5 -O0" "-gdwarf-5 -O2" "-gdwarf-5 -O1 -gsplit-dwarf"; do
                # Eight bytes of memory come first.
                # shellcheck disable=SC2086 # flags
                cc $flags -shared -nostdlib -fPIC -Wl,-z,noseparate-code -Wl,-Ttext=0x1000 \
                    -o "$build/seed.so" "$build/seed.c" 2>/dev/null || continue
                { printf '12345678'; cat "$build/seed.so"; } >"$2/$(echo "$flags" | tr -d ' ')"
            done
            ;;
        filter)
            printf 'debug,a::b=trace,*::parse=off,depth<5,slow>1ms,sample=1/100,first=10,x[slow>1s;first=3]=info' >"$2/all"
            ;;
        settings)
            printf 'capture=full,format=json,color=never,level=full,order=first,width=80,native=always,roots=/a:/b' >"$2/all"
            printf 'debug=on,hot=always,crosscheck=16,live=on,string_chars=9,items=3,frames=7,redact=iban' >"$2/more"
            ;;
        literal)
            printf 'add\n\nsrc/main.rs\n#%%($*\n%%(\na $]%%####\nb $^%%####\n\nasm' >"$2/add"
            ;;
        report)
            printf '%s' '{"version":1,"id":"0","kind":"panic","time":"2026-11-23T02:00:00.000000Z","failure":{"message":"m",
                "type":"T","relation":"source","notes":[{"text":"n","file":"a.rs","line":1,"column":2}],"causes":[{}],
                "causes_omitted":1},"panic":{"file":"a.rs","line":3,"column":4,"second":true},"thread":{"id":1,"name":"t"},
                "task":"k","process":{"id":1,"program":"p","os":"linux","arch":"x"},"stack":[{"type":"frame","function":"f",
                "qualified":"a::f","module":"a","file":"a.rs","line":9,"column":1,"range":{"line":9,"column":1,"end_line":10,
                "end_column":3},"role":"left","exit":{"how":"question","error_type":"E"},"locals":[{"name":"x","value":"1",
                "state":"known","as_of_line":3,"whole":4}],"source":{"first_line":8,"lines":["a","b?;","c"]}},{"type":"repeated","frames":1,"times":2},{"type":"omitted",
                "frames":3},{"type":"unrecorded","frames":4}],"log":[{"time":"2026-11-23T02:00:00.000000Z","level":"info",
                "target":"t","message":"m"}],"sections":[{"title":"t","lines":["l"]}]}' >"$2/all"
            ;;
    esac
}

failed=""
for target in $targets; do
    echo "== $target"
    corpus="corpus/$target"
    mkdir -p "$corpus" "artifacts/$target" "$build/seeds/$target"
    seeds "$target" "$build/seeds/$target"
    # What is asked for the first time stays for good: filters, texts of functions.
    ASAN_OPTIONS=detect_leaks=0 "$build/$host/release/$target" "$corpus" "$build/seeds/$target" \
        -artifact_prefix="artifacts/$target/" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 \
        -max_len=16384 -print_final_stats=1 || failed="$failed $target"
done
if [ -n "$failed" ]; then
    echo "failed:$failed" >&2
    exit 1
fi
