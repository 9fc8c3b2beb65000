#!/bin/sh
# Runs the test binaries under AddressSanitizer and ThreadSanitizer (nightly) and some under valgrind.
#
#   scripts/sanitize.sh              everything
#   scripts/sanitize.sh address      one of: address, thread, valgrind
#   scripts/sanitize.sh thread tasks threads        these tests alone; `lib` is the unit tests
#
# std is the toolchain's own, without instrumentation: races between tests that std's channels order are suppressed below.
set -eu
cd "$(dirname "$0")/.."

# What a sanitizer makes a hundred times slower or ends the process for is smaller or left out (tests/child/mod.rs).
export STACKLENS_TEST_SLOW=1
export PROPTEST_CASES="${PROPTEST_CASES:-100}"

host=x86_64-unknown-linux-gnu
tests="storage panics coroutine coroutine_mix async_frames framed generators model inspect values hot recursion \
    return_trace failing_exits error_trace log_calls log_calls_async log_calls_sinks log_calls_reentrant threads \
    threads_sample tasks tasks_model tasks_load tasks_peers fault forked allocator_everywhere native_stack \
    native_symbols native_locals crosscheck"
# Where threads meet. Not threads_sample: the sanitizer keeps signals back from a thread that makes no calls.
shared="storage model panics async_frames log_calls_sinks log_calls_reentrant threads tasks tasks_model tasks_load"
# What an emulator of the processor goes through in minutes.
single="model async_frames values generators inspect storage tasks tasks_model"
failed=""
suppressions=$(mktemp)
trap 'rm -f "$suppressions"' EXIT

# Runs one test binary; the rest run whatever it says.
run() {
    echo "== $*"
    "$@" || failed="$failed
$*"
}

sanitized() {
    sanitizer=$1
    shift
    # A target directory for each: cargo would otherwise build everything anew at each change of flags.
    run env ASAN_OPTIONS="${options:-detect_leaks=1}:${ASAN_OPTIONS:-}" RUSTFLAGS="-Zsanitizer=$sanitizer -Cunsafe-allow-abi-mismatch=sanitizer" \
        CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/sanitize-$sanitizer" \
        cargo +nightly test --target "$host" "$@"
}

address() {
    # These leak on purpose: frames, futures, coroutines, generators; sinks, filters and settings that others took the
    # place of.
    printf 'leak:%s\n' panics::forgotten coroutine::a_leaked_coroutine coroutine::inside coroutine_mix generators::a_forgotten \
        log_calls::sink log_calls::filter log_calls_sinks log_calls_reentrant allocator_everywhere \
        stacklens::config::Config >"$suppressions"
    export ASAN_OPTIONS="detect_stack_use_after_return=1 ${ASAN_OPTIONS:-}"
    export LSAN_OPTIONS="suppressions=$suppressions print_suppressions=0"
    for test in ${only:-lib $tests}; do
        case "$test" in
            # Unit tests leak their fixtures.
            lib) options=detect_leaks=0 sanitized address --lib ;;
            # The signals are for the program's own handlers.
            fault) options=handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_abort=0 \
                sanitized address --test "$test" ;;
            *) options=detect_leaks=1 sanitized address --test "$test" ;;
        esac
    done
    # Where the compiler inlines the hot path into the functions of the test.
    [ -n "$only" ] || sanitized address --release --test coroutine --test coroutine_mix
}

thread() {
    # std's channels, as the test harness uses them, and its condition variables, which lock again inside of std: the
    # sanitizer does not see their synchronisation. Executors wait by them for their threads.
    printf '%s\n' 'race:std::sync::mpmc' 'race:test::event' 'race:test::run_test' 'race:log_calls::background' \
        'race:std::thread::scoped' 'race:tokio' 'race:mio' 'race:futures_util' 'race:event_listener' 'race:async_io' \
        >"$suppressions"
    export TSAN_OPTIONS="suppressions=$suppressions report_signal_unsafe=0 ${TSAN_OPTIONS:-}"
    for test in ${only:-lib $shared}; do
        case "$test" in
            lib) sanitized thread --lib -- suspend stack::owner stack::remote threads log_calls code::cache ;;
            *) sanitized thread --test "$test" ;;
        esac
    done
}

memcheck() {
    for test in ${only:-$single}; do
        run env CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="valgrind --quiet --error-exitcode=3" \
            PROPTEST_CASES=20 cargo test --test "$test" -- --test-threads=1
    done
}

what="${1:-all}"
[ $# -eq 0 ] || shift
only="$*"
case "$what" in
    address) address ;;
    thread) thread ;;
    valgrind) memcheck ;;
    all)
        address
        thread
        memcheck
        ;;
    *) echo "unknown: $what; one of: address, thread, valgrind" >&2; exit 2 ;;
esac

if [ -n "$failed" ]; then
    echo "failed:$failed" >&2
    exit 1
fi
