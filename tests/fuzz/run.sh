#!/bin/bash
# Fuzzes what strangers can send: run.sh [SECONDS_EACH [NAME]]. Prints "ok - ..." or "not ok - ..." for each target; what
# breaks one stays in build/fuzz/. Needs clang with libFuzzer.
set -u
cd "$(dirname "$0")/../.."
seconds=${1:-10}
out=build/fuzz
mkdir -p $out
make -s build/gen/.protos || exit 1

sources="common/arena.c common/writer.c common/utf8.c common/base64.c common/wire.c
         common/json_read.c common/json_write.c common/json_scalar.c common/json_print.c
         common/template.c common/template_parse.c"
failed=0
plan=$(echo -Ilib tools/fettle/plan_{file,json,json_rows,json_value,lines,plane,routes,solomon,trsp}.c tools/fettle/json_reader.c \
    tools/fettle/sla_text.c lib/plan/{check,check_walk,check_rules,check_cost,estimate}.c lib/calendar/*.c common/{map,moment,check}.c)
ics="-Ilib lib/calendar/*.c common/check.c"
sla_file="-Ilib -Itools/fettle lib/calendar/*.c tools/fettle/sla_file.c tools/fettle/sla_text.c tools/fettle/json_reader.c common/moment.c common/check.c"
for target in ${2:-wire json template plan ics sla_file}; do
    sentence="$target withstands $seconds seconds of fuzzing"
    log=$out/$target.log
    corpus=$out/corpus_$target
    mkdir -p $corpus
    if clang -std=gnu11 -g -O1 -fno-omit-frame-pointer -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined \
            -fno-sanitize-recover=undefined -I. -Icommon -Ibuild/gen tests/fuzz/fuzz_$target.c $sources \
            ${!target:-} -o $out/fuzz_$target -ljansson -lsodium -lprotobuf-c -lical -lm > $log 2>&1 &&
        $out/fuzz_$target -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=4096 -print_final_stats=1 \
            -artifact_prefix=$out/${target}_ $corpus tests/fuzz/seeds/$target >> $log 2>&1
    then
        echo "ok - $sentence ($(sed -n 's/^stat::number_of_executed_units: *//p' $log) inputs)"
    else
        failed=1
        echo "not ok - $sentence"
        tail -n 30 $log | sed 's/^/# /'
    fi
done
exit $failed
