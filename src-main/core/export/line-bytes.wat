;; Puts the values of a line one after the other. `line-bytes.wasm.ts` is this, assembled.
;; Everything reads and writes up to 16 bytes further than it says.
(module
  (import "lines" "memory" (memory 64 1024 shared))
  ;; Where the next byte goes.
  (global $out (mut i32) (i32.const 0))
  ;; For each pattern of eight bits, which of eight bytes stand where when those with a bit are put twice (at 0) or byte 8 is put before them (at 4096).
  (global $twice i32 (i32.const 0))
  (global $before i32 (i32.const 4096))

  (func (export "end") (result i32) (global.get $out))
  (func (export "goOnAt") (param $at i32) (global.set $out (local.get $at)))

  (func $copy (export "copy") (param $to i32) (param $from i32) (param $bytes i32)
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
  (func (export "putKept") (param $at i32)
    (call $put (i32.add (local.get $at) (i32.const 4)) (i32.load (local.get $at))))

  (func $byte (export "putByte") (param $byte i32)
    (i32.store8 (global.get $out) (local.get $byte))
    (global.set $out (i32.add (global.get $out) (i32.const 1))))

  (func (export "putNull")
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
  (func (export "putCell") (param $from i32) (param $bytes i32)
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
  (func (export "putEscaped") (param $from i32) (param $bytes i32) (param $short i32)
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
    (call $byte (i32.const 0x5a))))
