;; Puts the values of a line one after the other. `line-bytes.wasm.ts` is this, assembled.
;; Everything reads and writes up to 16 bytes further than it says.
(module
  (import "lines" "memory" (memory 64 1024 shared))
  ;; Where the next byte goes.
  (global $out (mut i32) (i32.const 0))
  ;; For each pattern of eight bits, which of eight bytes stand where when those with a bit are put twice (at 0) or byte 8 is put before them (at 4096).
  (global $twice i32 (i32.const 0))
  (global $before i32 (i32.const 4096))

  ;; What SHA-256 is made with: constants, the words of a block, the beginning of a hash, the text that is hashed.
  (global $constants i32 (i32.const 8192))
  (global $words i32 (i32.const 8448))
  (global $hash i32 (i32.const 8704))
  (global $hashed i32 (i32.const 8768))
  (data (i32.const 8192)
    "\98\2f\8a\42\91\44\37\71\cf\fb\c0\b5\a5\db\b5\e9\5b\c2\56\39\f1\11\f1\59\a4\82\3f\92\d5\5e\1c\ab"
    "\98\aa\07\d8\01\5b\83\12\be\85\31\24\c3\7d\0c\55\74\5d\be\72\fe\b1\de\80\a7\06\dc\9b\74\f1\9b\c1"
    "\c1\69\9b\e4\86\47\be\ef\c6\9d\c1\0f\cc\a1\0c\24\6f\2c\e9\2d\aa\84\74\4a\dc\a9\b0\5c\da\88\f9\76"
    "\52\51\3e\98\6d\c6\31\a8\c8\27\03\b0\c7\7f\59\bf\f3\0b\e0\c6\47\91\a7\d5\51\63\ca\06\67\29\29\14"
    "\85\0a\b7\27\38\21\1b\2e\fc\6d\2c\4d\13\0d\38\53\54\73\0a\65\bb\0a\6a\76\2e\c9\c2\81\85\2c\72\92"
    "\a1\e8\bf\a2\4b\66\1a\a8\70\8b\4b\c2\a3\51\6c\c7\19\e8\92\d1\24\06\99\d6\85\35\0e\f4\70\a0\6a\10"
    "\16\c1\a4\19\08\6c\37\1e\4c\77\48\27\b5\bc\b0\34\b3\0c\1c\39\4a\aa\d8\4e\4f\ca\9c\5b\f3\6f\2e\68"
    "\ee\82\8f\74\6f\63\a5\78\14\78\c8\84\08\02\c7\8c\fa\ff\be\90\eb\6c\50\a4\f7\a3\f9\be\f2\78\71\c6")

  (func (export "end") (result i32) (global.get $out))
  (func (export "goOnAt") (param $at i32) (global.set $out (local.get $at)))

  (func $copy (param $to i32) (param $from i32) (param $bytes i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $from) (local.get $bytes)))
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (local.get $from) (local.get $end)))
        (v128.store (local.get $to) (v128.load (local.get $from)))
        (local.set $from (i32.add (local.get $from) (i32.const 16)))
        (local.set $to (i32.add (local.get $to) (i32.const 16)))
        (br $more))))

  ;; Bytes as they are.
  (func $put (export "put") (param $from i32) (param $bytes i32)
    (call $copy (global.get $out) (local.get $from) (local.get $bytes))
    (global.set $out (i32.add (global.get $out) (local.get $bytes))))

  ;; Bytes that lie behind their number.
  (func $kept (export "putKept") (param $at i32)
    (call $put (i32.add (local.get $at) (i32.const 4)) (i32.load (local.get $at))))

  (func $byte (export "putByte") (param $byte i32)
    (i32.store8 (global.get $out) (local.get $byte))
    (global.set $out (i32.add (global.get $out) (i32.const 1))))

  (func $null
    (i32.store (global.get $out) (i32.const 0x6c6c756e))
    (global.set $out (i32.add (global.get $out) (i32.const 4))))

  ;; The first bits of a pattern of eight, for where fewer bytes are left.
  (func $within (param $bits i32) (param $left i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $left) (i32.const 8))
      (then (i32.and (local.get $bits) (i32.sub (i32.shl (i32.const 1) (local.get $left)) (i32.const 1))))
      (else (local.get $bits))))

  ;; Bytes with each quote among them doubled.
  (func $doubled (export "putDoubled") (param $from i32) (param $bytes i32)
    (local $left i32) (local $eight v128) (local $quotes i32) (local $quote v128) (local $out i32)
    (local.set $quote (i8x16.splat (i32.const 0x22)))
    (local.set $left (local.get $bytes))
    (local.set $out (global.get $out))
    (block $done
      (loop $more
        (br_if $done (i32.le_s (local.get $left) (i32.const 0)))
        (local.set $eight (v128.load64_zero (local.get $from)))
        (local.set $quotes
          (call $within (i8x16.bitmask (i8x16.eq (local.get $eight) (local.get $quote))) (local.get $left)))
        (v128.store
          (local.get $out)
          (i8x16.swizzle
            (local.get $eight)
            (v128.load (i32.add (global.get $twice) (i32.shl (local.get $quotes) (i32.const 4))))))
        (local.set $out
          (i32.add
            (i32.add (local.get $out) (i32.popcnt (local.get $quotes)))
            (select (i32.const 8) (local.get $left) (i32.gt_s (local.get $left) (i32.const 8)))))
        (local.set $left (i32.sub (local.get $left) (i32.const 8)))
        (local.set $from (i32.add (local.get $from) (i32.const 8)))
        (br $more)))
    (global.set $out (local.get $out)))

  ;; Whether a spreadsheet takes a cell that begins so for a formula, or strips it down to one: tab, carriage return, +, -, =, @.
  (func $isFormula (param $first i32) (result i32)
    (i32.or
      (i32.eq (local.get $first) (i32.const 0x40))
      (i32.and
        (i32.lt_u (local.get $first) (i32.const 0x40))
        (i32.wrap_i64 (i64.shr_u (i64.const 0x2000280000002200) (i64.extend_i32_u (local.get $first)))))))

  ;; Whether a quote, a comma or the end of a line is among the bytes.
  (func $needsQuotes (param $from i32) (param $bytes i32) (result i32)
    (local $left i32) (local $text v128) (local $found i32)
    (local.set $left (local.get $bytes))
    (loop $more
      (local.set $text (v128.load (local.get $from)))
      (local.set $found
        (i8x16.bitmask
          (v128.or
            (v128.or
              (i8x16.eq (local.get $text) (v128.const i8x16 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34))
              (i8x16.eq (local.get $text) (v128.const i8x16 44 44 44 44 44 44 44 44 44 44 44 44 44 44 44 44)))
            (v128.or
              (i8x16.eq (local.get $text) (v128.const i8x16 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10))
              (i8x16.eq (local.get $text) (v128.const i8x16 13 13 13 13 13 13 13 13 13 13 13 13 13 13 13 13))))))
      (if (i32.lt_u (local.get $left) (i32.const 16))
        (then
          (local.set $found
            (i32.and (local.get $found) (i32.sub (i32.shl (i32.const 1) (local.get $left)) (i32.const 1))))))
      (if (local.get $found) (then (return (i32.const 1))))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (local.set $left (i32.sub (local.get $left) (i32.const 16)))
      (br_if $more (i32.gt_s (local.get $left) (i32.const 0))))
    (i32.const 0))

  ;; A text as a cell: between quotes where it needs them, disarmed where it would be a formula.
  (func $cell (param $from i32) (param $bytes i32)
    (local $quoted i32)
    (if (i32.eqz (local.get $bytes)) (then (return)))
    (local.set $quoted (call $needsQuotes (local.get $from) (local.get $bytes)))
    (if (local.get $quoted) (then (call $byte (i32.const 0x22))))
    (if (call $isFormula (i32.load8_u (local.get $from))) (then (call $byte (i32.const 0x27))))
    (if (i32.eqz (local.get $quoted))
      (then (call $put (local.get $from) (local.get $bytes)))
      (else
        (call $doubled (local.get $from) (local.get $bytes))
        (call $byte (i32.const 0x22)))))

  ;; A control character as JSON writes it: the short way (\n) where there is one and it is wanted, else by number.
  (func $control (param $code i32) (param $short i32)
    (local $letter i32)
    (call $byte (i32.const 0x5c))
    (if (i32.and (local.get $short) (i32.le_u (i32.sub (local.get $code) (i32.const 8)) (i32.const 5)))
      (then
        ;; The letters b t n v f r, of which v is none of JSON's.
        (local.set $letter
          (i32.wrap_i64
            (i64.and
              (i64.shr_u
                (i64.const 0x7266006e7462)
                (i64.extend_i32_u (i32.shl (i32.sub (local.get $code) (i32.const 8)) (i32.const 3))))
              (i64.const 0xff))))
        (if (local.get $letter) (then (call $byte (local.get $letter)) (return)))))
    ;; u00
    (i32.store (global.get $out) (i32.const 0x00303075))
    (global.set $out (i32.add (global.get $out) (i32.const 3)))
    (call $digit (i32.shr_u (local.get $code) (i32.const 4)))
    (call $digit (i32.and (local.get $code) (i32.const 15))))

  (func $digit (param $value i32)
    (call $byte
      (i32.add
        (local.get $value)
        (select (i32.const 0x57) (i32.const 0x30) (i32.gt_u (local.get $value) (i32.const 9))))))

  ;; UTF-8 as it stands within a JSON string. `short`: whether control characters are written the short way.
  (func $escaped (export "putEscaped") (param $from i32) (param $bytes i32) (param $short i32)
    (local $left i32) (local $eight v128) (local $marked i32) (local $i i32) (local $code i32)
    (local.set $left (local.get $bytes))
    (block $done
      (loop $more
        (br_if $done (i32.le_s (local.get $left) (i32.const 0)))
        (local.set $eight (v128.load64_zero (local.get $from)))
        (if
          (call $within
            (i32.and
              (i8x16.bitmask
                (i8x16.lt_u (local.get $eight) (v128.const i8x16 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32)))
              (i32.const 0xff))
            (local.get $left))
          (then
            (local.set $i (i32.const 0))
            (loop $each
              (local.set $code (i32.load8_u (i32.add (local.get $from) (local.get $i))))
              (if (i32.lt_u (local.get $code) (i32.const 0x20))
                (then (call $control (local.get $code) (local.get $short)))
                (else
                  (if (i32.or (i32.eq (local.get $code) (i32.const 0x22)) (i32.eq (local.get $code) (i32.const 0x5c)))
                    (then (call $byte (i32.const 0x5c))))
                  (call $byte (local.get $code))))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br_if $each
                (i32.lt_s
                  (local.get $i)
                  (select (i32.const 8) (local.get $left) (i32.gt_s (local.get $left) (i32.const 8)))))))
          (else
            (local.set $marked
              (call $within
                (i8x16.bitmask
                  (v128.or
                    (i8x16.eq (local.get $eight) (v128.const i8x16 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34))
                    (i8x16.eq (local.get $eight) (v128.const i8x16 92 92 92 92 92 92 92 92 92 92 92 92 92 92 92 92))))
                (local.get $left)))
            (v128.store
              (global.get $out)
              (i8x16.swizzle
                (v128.or (local.get $eight) (v128.const i8x16 0 0 0 0 0 0 0 0 92 92 92 92 92 92 92 92))
                (v128.load (i32.add (global.get $before) (i32.shl (local.get $marked) (i32.const 4))))))
            (global.set $out
              (i32.add
                (i32.add (global.get $out) (i32.popcnt (local.get $marked)))
                (select (i32.const 8) (local.get $left) (i32.gt_s (local.get $left) (i32.const 8)))))))
        (local.set $left (i32.sub (local.get $left) (i32.const 8)))
        (local.set $from (i32.add (local.get $from) (i32.const 8)))
        (br $more))))

  ;; A text as JSON or as a cell.
  (func $text (export "putText") (param $from i32) (param $bytes i32) (param $json i32)
    (if (local.get $json)
      (then
        (call $byte (i32.const 0x22))
        (call $escaped (local.get $from) (local.get $bytes) (i32.const 1))
        (call $byte (i32.const 0x22)))
      (else (call $cell (local.get $from) (local.get $bytes)))))

  ;; Several texts, each behind a kept text, and another after them. They lie behind their sizes: of all together, then of each plus one, 0 for
  ;; null.
  (func (export "putTexts") (param $at i32) (param $count i32) (param $frame i32) (param $json i32)
    (local $from i32) (local $bytes i32) (local $sizes i32)
    (local.set $from (call $textAt (local.get $at) (local.get $count) (i32.const 0)))
    (local.set $sizes (i32.add (local.get $at) (i32.const 4)))
    (loop $each
      (call $kept (local.get $frame))
      (local.set $frame
        (i32.and (i32.add (i32.add (local.get $frame) (i32.load (local.get $frame))) (i32.const 7)) (i32.const -4)))
      (local.set $bytes (i32.sub (i32.load (local.get $sizes)) (i32.const 1)))
      (if (i32.lt_s (local.get $bytes) (i32.const 0))
        (then (if (local.get $json) (then (call $null))))
        (else
          (call $text (local.get $from) (local.get $bytes) (local.get $json))
          (local.set $from (i32.add (local.get $from) (local.get $bytes)))))
      (local.set $sizes (i32.add (local.get $sizes) (i32.const 4)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $each (local.get $count)))
    (call $kept (local.get $frame)))

  ;; Where one of several such texts lies, and its size.
  (func $textAt (param $at i32) (param $count i32) (param $text i32) (result i32)
    (local $from i32)
    (local.set $from
      (i32.add (local.get $at) (i32.shl (i32.add (local.get $count) (i32.const 1)) (i32.const 2))))
    (block $done
      (loop $before
        (br_if $done (i32.eqz (local.get $text)))
        (local.set $text (i32.sub (local.get $text) (i32.const 1)))
        (local.set $from (i32.add (local.get $from) (call $textBytes (local.get $at) (local.get $text))))
        (br $before)))
    (local.get $from))

  (func $textBytes (param $at i32) (param $text i32) (result i32)
    (local $bytes i32)
    (local.set $bytes
      (i32.sub (i32.load offset=4 (i32.add (local.get $at) (i32.shl (local.get $text) (i32.const 2)))) (i32.const 1)))
    (select (local.get $bytes) (i32.const 0) (i32.gt_s (local.get $bytes) (i32.const 0))))

  ;; Lays out a summary at `to`: the parts of a wording, whose number stands before them. A part is the place of a kept text, or 1, 2 or 3 for the
  ;; name of the actor (the second of its four texts), the object (the third of three) or the workspace (kept); at place 0 there is none. Returns its
  ;; size; more than `most`: it was not laid out.
  (func (export "laySummary")
    (param $to i32) (param $most i32) (param $wording i32) (param $actor i32) (param $object i32) (param $workspace i32) (result i32)
    (local $left i32) (local $part i32) (local $from i32) (local $bytes i32) (local $size i32)
    (local.set $left (i32.load (local.get $wording)))
    (block $done
      (loop $each
        (br_if $done (i32.eqz (local.get $left)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (local.set $wording (i32.add (local.get $wording) (i32.const 4)))
        (local.set $part (i32.load (local.get $wording)))
        (if (i32.eq (local.get $part) (i32.const 1))
          (then
            (br_if $each (i32.eqz (local.get $actor)))
            (local.set $from (call $textAt (local.get $actor) (i32.const 4) (i32.const 1)))
            (local.set $bytes (call $textBytes (local.get $actor) (i32.const 1))))
          (else
            (if (i32.eq (local.get $part) (i32.const 2))
              (then
                (br_if $each (i32.eqz (local.get $object)))
                (local.set $from (call $textAt (local.get $object) (i32.const 3) (i32.const 2)))
                (local.set $bytes (call $textBytes (local.get $object) (i32.const 2))))
              (else
                (if (i32.eq (local.get $part) (i32.const 3)) (then (local.set $part (local.get $workspace))))
                (br_if $each (i32.eqz (local.get $part)))
                (local.set $from (i32.add (local.get $part) (i32.const 4)))
                (local.set $bytes (i32.load (local.get $part)))))))
        (if (i32.le_u (i32.add (local.get $size) (local.get $bytes)) (local.get $most))
          (then (call $copy (i32.add (local.get $to) (local.get $size)) (local.get $from) (local.get $bytes))))
        (local.set $size (i32.add (local.get $size) (local.get $bytes)))
        (br $each)))
    (local.get $size))

  ;; The 32 bytes of a hash in hex.
  (func (export "putHash") (param $from i32)
    (call $hex16 (local.get $from))
    (call $hex16 (i32.add (local.get $from) (i32.const 16))))

  (func $hex16 (param $from i32)
    (local $bytes v128) (local $high v128) (local $low v128) (local $digits v128)
    (local.set $digits (v128.const i8x16 48 49 50 51 52 53 54 55 56 57 97 98 99 100 101 102))
    (local.set $bytes (v128.load (local.get $from)))
    (local.set $high (i8x16.swizzle (local.get $digits) (i8x16.shr_u (local.get $bytes) (i32.const 4))))
    (local.set $low
      (i8x16.swizzle
        (local.get $digits)
        (v128.and (local.get $bytes) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15))))
    (v128.store
      (global.get $out)
      (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get $high) (local.get $low)))
    (v128.store offset=16
      (global.get $out)
      (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31 (local.get $high) (local.get $low)))
    (global.set $out (i32.add (global.get $out) (i32.const 32))))

  ;; A number of two digits.
  (func $two (param $value i32)
    (i32.store16
      (global.get $out)
      (i32.add
        (i32.const 0x3030)
        (i32.or
          (i32.div_u (local.get $value) (i32.const 10))
          (i32.shl (i32.rem_u (local.get $value) (i32.const 10)) (i32.const 8)))))
    (global.set $out (i32.add (global.get $out) (i32.const 2))))

  ;; A time of the years 0 to 9999, in milliseconds since 1970, as 2024-01-31T23:59:59.999Z.
  (func (export "putTime") (param $timeMs f64)
    (local $day i32) (local $ms i32) (local $days f64) (local $era i32) (local $ofEra i32) (local $year i32) (local $ofYear i32) (local $month i32)
    (local.set $days (f64.floor (f64.div (local.get $timeMs) (f64.const 86400000))))
    (local.set $ms (i32.trunc_f64_s (f64.sub (local.get $timeMs) (f64.mul (local.get $days) (f64.const 86400000)))))
    ;; Days since the first of March of the year 0, from which on leap days come last; then of a span of 400 years.
    (local.set $day (i32.add (i32.trunc_f64_s (local.get $days)) (i32.const 719468)))
    ;; The year before, of which the last two months may be asked for.
    (local.set $era (i32.div_s (i32.add (local.get $day) (i32.const 146097)) (i32.const 146097)))
    (local.set $ofEra (i32.sub (i32.add (local.get $day) (i32.const 146097)) (i32.mul (local.get $era) (i32.const 146097))))
    (local.set $year
      (i32.div_u
        (i32.sub
          (i32.add
            (i32.sub (local.get $ofEra) (i32.div_u (local.get $ofEra) (i32.const 1460)))
            (i32.div_u (local.get $ofEra) (i32.const 36524)))
          (i32.div_u (local.get $ofEra) (i32.const 146096)))
        (i32.const 365)))
    (local.set $ofYear
      (i32.sub
        (local.get $ofEra)
        (i32.sub
          (i32.add (i32.mul (local.get $year) (i32.const 365)) (i32.shr_u (local.get $year) (i32.const 2)))
          (i32.div_u (local.get $year) (i32.const 100)))))
    (local.set $month (i32.div_u (i32.add (i32.mul (local.get $ofYear) (i32.const 5)) (i32.const 2)) (i32.const 153)))
    (local.set $year (i32.add (local.get $year) (i32.mul (i32.sub (local.get $era) (i32.const 1)) (i32.const 400))))
    (local.set $day
      (i32.add
        (i32.sub
          (local.get $ofYear)
          (i32.div_u (i32.add (i32.mul (local.get $month) (i32.const 153)) (i32.const 2)) (i32.const 5)))
        (i32.const 1)))
    (if (i32.ge_u (local.get $month) (i32.const 10))
      (then (local.set $year (i32.add (local.get $year) (i32.const 1)))))
    (call $two (i32.div_u (local.get $year) (i32.const 100)))
    (call $two (i32.rem_u (local.get $year) (i32.const 100)))
    (call $byte (i32.const 0x2d))
    (call $two (i32.add (i32.rem_u (i32.add (local.get $month) (i32.const 2)) (i32.const 12)) (i32.const 1)))
    (call $byte (i32.const 0x2d))
    (call $two (local.get $day))
    (call $byte (i32.const 0x54))
    (call $two (i32.div_u (local.get $ms) (i32.const 3600000)))
    (call $byte (i32.const 0x3a))
    (call $two (i32.rem_u (i32.div_u (local.get $ms) (i32.const 60000)) (i32.const 60)))
    (call $byte (i32.const 0x3a))
    (call $two (i32.rem_u (i32.div_u (local.get $ms) (i32.const 1000)) (i32.const 60)))
    (call $byte (i32.const 0x2e))
    (local.set $ms (i32.rem_u (local.get $ms) (i32.const 1000)))
    (call $digit (i32.div_u (local.get $ms) (i32.const 100)))
    (call $two (i32.rem_u (local.get $ms) (i32.const 100)))
    (call $byte (i32.const 0x5a)))

  ;; An event's id: 12 digits of a hash of its folded external id, and 12 of what the id's own bytes give behind a prefix. Puts nothing and
  ;; returns 0 where the external id is not all plain letters, digits and signs.
  (func (export "putId") (param $prefix i32) (param $from i32) (param $bytes i32) (result i32)
    (local $prefixBytes i32)
    (if (i32.eqz (call $fold (global.get $hashed) (local.get $from) (local.get $bytes))) (then (return (i32.const 0))))
    (call $putDigits (local.get $bytes))
    (local.set $prefixBytes (i32.load (local.get $prefix)))
    (call $copy (global.get $hashed) (i32.add (local.get $prefix) (i32.const 4)) (local.get $prefixBytes))
    (call $copy (i32.add (global.get $hashed) (local.get $prefixBytes)) (local.get $from) (local.get $bytes))
    (call $putDigits (i32.add (local.get $prefixBytes) (local.get $bytes)))
    (i32.const 1))

  ;; The first 12 digits of the hash of what lies there to be hashed.
  (func $putDigits (param $bytes i32)
    (local $out i32)
    (local.set $out (global.get $out))
    (call $sha256 (global.get $hashed) (local.get $bytes) (global.get $hash))
    (call $hex16 (global.get $hash))
    (global.set $out (i32.add (local.get $out) (i32.const 12))))

  ;; SHA-256 of a text, which is filled up where it lies, up to 72 bytes further; leaves its first 16 bytes at `to`.
  (func $sha256 (param $at i32) (param $bytes i32) (param $to i32)
    (local $end i32) (local $i i32) (local $word i32) (local $t i32)
    (local $h0 i32) (local $h1 i32) (local $h2 i32) (local $h3 i32) (local $h4 i32) (local $h5 i32) (local $h6 i32) (local $h7 i32)
    (local $a i32) (local $b i32) (local $c i32) (local $d i32) (local $e i32) (local $f i32) (local $g i32) (local $h i32)
    (local.set $end
      (i32.add (local.get $at) (i32.and (i32.add (local.get $bytes) (i32.const 72)) (i32.const -64))))
    (local.set $i (i32.add (local.get $at) (local.get $bytes)))
    (i32.store8 (local.get $i) (i32.const 0x80))
    (loop $fill
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (if (i32.lt_u (local.get $i) (i32.sub (local.get $end) (i32.const 4)))
        (then (i32.store8 (local.get $i) (i32.const 0)) (br $fill))))
    (i32.store (i32.sub (local.get $end) (i32.const 4)) (call $swapped (i32.shl (local.get $bytes) (i32.const 3))))
    (local.set $h0 (i32.const 0x6a09e667))
    (local.set $h1 (i32.const 0xbb67ae85))
    (local.set $h2 (i32.const 0x3c6ef372))
    (local.set $h3 (i32.const 0xa54ff53a))
    (local.set $h4 (i32.const 0x510e527f))
    (local.set $h5 (i32.const 0x9b05688c))
    (local.set $h6 (i32.const 0x1f83d9ab))
    (local.set $h7 (i32.const 0x5be0cd19))
    (loop $blocks
      (local.set $a (local.get $h0))
      (local.set $b (local.get $h1))
      (local.set $c (local.get $h2))
      (local.set $d (local.get $h3))
      (local.set $e (local.get $h4))
      (local.set $f (local.get $h5))
      (local.set $g (local.get $h6))
      (local.set $h (local.get $h7))
      (local.set $i (i32.const 0))
      (loop $rounds
        (if (i32.lt_u (local.get $i) (i32.const 64))
          (then (local.set $word (call $swapped (i32.load (i32.add (local.get $at) (local.get $i))))))
          (else
            (local.set $t (i32.load (i32.add (global.get $words) (i32.sub (local.get $i) (i32.const 60)))))
            (local.set $word
              (i32.xor
                (i32.xor (i32.rotr (local.get $t) (i32.const 7)) (i32.rotr (local.get $t) (i32.const 18)))
                (i32.shr_u (local.get $t) (i32.const 3))))
            (local.set $t (i32.load (i32.add (global.get $words) (i32.sub (local.get $i) (i32.const 8)))))
            (local.set $word
              (i32.add
                (i32.add
                  (local.get $word)
                  (i32.xor
                    (i32.xor (i32.rotr (local.get $t) (i32.const 17)) (i32.rotr (local.get $t) (i32.const 19)))
                    (i32.shr_u (local.get $t) (i32.const 10))))
                (i32.add
                  (i32.load (i32.add (global.get $words) (i32.sub (local.get $i) (i32.const 64))))
                  (i32.load (i32.add (global.get $words) (i32.sub (local.get $i) (i32.const 28)))))))))
        (i32.store (i32.add (global.get $words) (local.get $i)) (local.get $word))
        (local.set $t
          (i32.add
            (i32.add
              (i32.add (local.get $h) (local.get $word))
              (i32.load (i32.add (global.get $constants) (local.get $i))))
            (i32.add
              (i32.xor
                (i32.xor (i32.rotr (local.get $e) (i32.const 6)) (i32.rotr (local.get $e) (i32.const 11)))
                (i32.rotr (local.get $e) (i32.const 25)))
              (i32.xor (local.get $g) (i32.and (local.get $e) (i32.xor (local.get $f) (local.get $g)))))))
        (local.set $h (local.get $g))
        (local.set $g (local.get $f))
        (local.set $f (local.get $e))
        (local.set $e (i32.add (local.get $d) (local.get $t)))
        (local.set $t
          (i32.add
            (local.get $t)
            (i32.add
              (i32.xor
                (i32.xor (i32.rotr (local.get $a) (i32.const 2)) (i32.rotr (local.get $a) (i32.const 13)))
                (i32.rotr (local.get $a) (i32.const 22)))
              (i32.or
                (i32.and (local.get $a) (local.get $b))
                (i32.and (local.get $c) (i32.or (local.get $a) (local.get $b)))))))
        (local.set $d (local.get $c))
        (local.set $c (local.get $b))
        (local.set $b (local.get $a))
        (local.set $a (local.get $t))
        (local.set $i (i32.add (local.get $i) (i32.const 4)))
        (br_if $rounds (i32.lt_u (local.get $i) (i32.const 256))))
      (local.set $h0 (i32.add (local.get $h0) (local.get $a)))
      (local.set $h1 (i32.add (local.get $h1) (local.get $b)))
      (local.set $h2 (i32.add (local.get $h2) (local.get $c)))
      (local.set $h3 (i32.add (local.get $h3) (local.get $d)))
      (local.set $h4 (i32.add (local.get $h4) (local.get $e)))
      (local.set $h5 (i32.add (local.get $h5) (local.get $f)))
      (local.set $h6 (i32.add (local.get $h6) (local.get $g)))
      (local.set $h7 (i32.add (local.get $h7) (local.get $h)))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br_if $blocks (i32.lt_u (local.get $at) (local.get $end))))
    (i32.store (local.get $to) (call $swapped (local.get $h0)))
    (i32.store offset=4 (local.get $to) (call $swapped (local.get $h1)))
    (i32.store offset=8 (local.get $to) (call $swapped (local.get $h2)))
    (i32.store offset=12 (local.get $to) (call $swapped (local.get $h3))))

  ;; The four bytes of a number the other way round.
  (func $swapped (param $number i32) (result i32)
    (i32.or
      (i32.and (i32.rotr (local.get $number) (i32.const 8)) (i32.const 0xff00ff00))
      (i32.and (i32.rotl (local.get $number) (i32.const 8)) (i32.const 0x00ff00ff))))

  ;; Copies an id and its own folding: that of plain letters, digits and signs alone, all of which are ASCII. Returns 0 if it holds others.
  (func $fold (param $to i32) (param $from i32) (param $bytes i32) (result i32)
    (local $end i32) (local $byte i32) (local $others i32)
    (local.set $end (i32.add (local.get $from) (local.get $bytes)))
    (loop $each
      (local.set $byte (i32.load8_u (local.get $from)))
      (local.set $others (i32.or (local.get $others) (i32.gt_u (local.get $byte) (i32.const 0x7e))))
      (i32.store8
        (local.get $to)
        (i32.or
          (local.get $byte)
          (i32.shl (i32.lt_u (i32.sub (local.get $byte) (i32.const 0x41)) (i32.const 26)) (i32.const 5))))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (local.set $to (i32.add (local.get $to) (i32.const 1)))
      (br_if $each (i32.lt_u (local.get $from) (local.get $end))))
    (i32.eqz (local.get $others))))
