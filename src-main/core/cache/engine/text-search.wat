;; Looks for texts where they lie, sixteen places at a time. `text-search.wasm.ts` is this, assembled.
(module
  (import "texts" "memory" (memory 1 65536 shared))

  ;; How many bytes 0xFF lie from one place up to another.
  (func $ends (param $from i32) (param $to i32) (result i32)
    (local $count i32) (local $stop i32) (local $sums v128) (local $end v128)
    (local.set $end (i8x16.splat (i32.const 0xff)))
    (loop $rounds
      ;; A byte counts up to 255.
      (local.set $stop (i32.and (i32.sub (local.get $to) (local.get $from)) (i32.const -16)))
      (if (i32.gt_u (local.get $stop) (i32.const 4080)) (then (local.set $stop (i32.const 4080))))
      (if (local.get $stop)
        (then
          (local.set $stop (i32.add (local.get $from) (local.get $stop)))
          (local.set $sums (v128.const i64x2 0 0))
          (loop $blocks
            (local.set $sums (i8x16.sub (local.get $sums) (i8x16.eq (v128.load (local.get $from)) (local.get $end))))
            (local.set $from (i32.add (local.get $from) (i32.const 16)))
            (br_if $blocks (i32.lt_u (local.get $from) (local.get $stop))))
          (local.set $sums (i32x4.extadd_pairwise_i16x8_u (i16x8.extadd_pairwise_i8x16_u (local.get $sums))))
          (local.set $count
            (i32.add
              (local.get $count)
              (i32.add
                (i32.add (i32x4.extract_lane 0 (local.get $sums)) (i32x4.extract_lane 1 (local.get $sums)))
                (i32.add (i32x4.extract_lane 2 (local.get $sums)) (i32x4.extract_lane 3 (local.get $sums))))))
          (br $rounds))))
    (i32.add
      (local.get $count)
      (i32.popcnt
        (i32.and
          (i8x16.bitmask (i8x16.eq (v128.load (local.get $from)) (local.get $end)))
          (i32.sub (i32.shl (i32.const 1) (i32.sub (local.get $to) (local.get $from))) (i32.const 1))))))

  ;; The place of the first byte 0xFF from a place on: there is one.
  (func $nextEnd (param $from i32) (result i32)
    (local $marks i32)
    (loop $blocks
      (local.set $marks (i8x16.bitmask (i8x16.eq (v128.load (local.get $from)) (i8x16.splat (i32.const 0xff)))))
      (if (local.get $marks) (then (return (i32.add (local.get $from) (i32.ctz (local.get $marks))))))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (br $blocks))
    (unreachable))

  ;; The places among sixteen where both of the needle's bytes stand, as bits.
  (func $both (param $at i32) (param $offsetA i32) (param $offsetB i32) (param $byteA v128) (param $byteB v128) (result i64)
    (i64.extend_i32_u
      (i8x16.bitmask
        (v128.and
          (i8x16.eq (v128.load (i32.add (local.get $at) (local.get $offsetA))) (local.get $byteA))
          (i8x16.eq (v128.load (i32.add (local.get $at) (local.get $offsetB))) (local.get $byteB))))))

  ;; A text is a byte 0xFF and entries that each end with one. At each place the needle's bytes at `offsetA` and `offsetB` are compared
  ;; first, so the caller chooses rare ones. Sets the bit of each entry that holds the needle at `bits`, from 0 on. A needle that begins
  ;; with 0xFF belongs to the entry behind it. Reads as far past the text as the needle is long, and 64 bytes.
  (func (export "find")
    (param $text i32) (param $textEnd i32) (param $needle i32) (param $needleBytes i32) (param $offsetA i32) (param $offsetB i32)
    (param $bits i32)
    (local $at i32) (local $place i32) (local $entry i32) (local $counted i32) (local $word i32) (local $i i32)
    (local $atA i32) (local $atB i32)
    (local $found i64) (local $byteA v128) (local $byteB v128)
    (local.set $entry (i32.const -1))
    (local.set $counted (local.get $text))
    (local.set $at (local.get $text))
    (local.set $byteA (i8x16.splat (i32.load8_u (i32.add (local.get $needle) (local.get $offsetA)))))
    (local.set $byteB (i8x16.splat (i32.load8_u (i32.add (local.get $needle) (local.get $offsetB)))))
    (block $done
      (loop $scan
        (local.set $atA (i32.add (local.get $at) (local.get $offsetA)))
        (local.set $atB (i32.add (local.get $at) (local.get $offsetB)))
        (br_if $done (i32.ge_u (local.get $at) (local.get $textEnd)))
        (if
          (i32.eqz
            (v128.any_true
              (v128.or
                (v128.or
                  (v128.and
                    (i8x16.eq (v128.load (local.get $atA)) (local.get $byteA))
                    (i8x16.eq (v128.load (local.get $atB)) (local.get $byteB)))
                  (v128.and
                    (i8x16.eq (v128.load offset=16 (local.get $atA)) (local.get $byteA))
                    (i8x16.eq (v128.load offset=16 (local.get $atB)) (local.get $byteB))))
                (v128.or
                  (v128.and
                    (i8x16.eq (v128.load offset=32 (local.get $atA)) (local.get $byteA))
                    (i8x16.eq (v128.load offset=32 (local.get $atB)) (local.get $byteB)))
                  (v128.and
                    (i8x16.eq (v128.load offset=48 (local.get $atA)) (local.get $byteA))
                    (i8x16.eq (v128.load offset=48 (local.get $atB)) (local.get $byteB)))))))
          (then
            (local.set $at (i32.add (local.get $at) (i32.const 64)))
            (br $scan)))
        (local.set $found
          (i64.or
            (i64.or
              (call $both (local.get $at) (local.get $offsetA) (local.get $offsetB) (local.get $byteA) (local.get $byteB))
              (i64.shl
                (call $both
                  (i32.add (local.get $at) (i32.const 16)) (local.get $offsetA) (local.get $offsetB) (local.get $byteA) (local.get $byteB))
                (i64.const 16)))
            (i64.or
              (i64.shl
                (call $both
                  (i32.add (local.get $at) (i32.const 32)) (local.get $offsetA) (local.get $offsetB) (local.get $byteA) (local.get $byteB))
                (i64.const 32))
              (i64.shl
                (call $both
                  (i32.add (local.get $at) (i32.const 48)) (local.get $offsetA) (local.get $offsetB) (local.get $byteA) (local.get $byteB))
                (i64.const 48)))))
        (loop $each
          (local.set $place (i32.add (local.get $at) (i32.wrap_i64 (i64.ctz (local.get $found)))))
          (br_if $done (i32.gt_u (i32.add (local.get $place) (local.get $needleBytes)) (local.get $textEnd)))
          (block $differs
            (local.set $i (i32.const 0))
            (loop $compare
              (br_if $differs
                (i32.ne
                  (i32.load8_u (i32.add (local.get $place) (local.get $i)))
                  (i32.load8_u (i32.add (local.get $needle) (local.get $i)))))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br_if $compare (i32.lt_u (local.get $i) (local.get $needleBytes))))
            (local.set $place (i32.add (local.get $place) (i32.const 1)))
            (local.set $entry (i32.add (local.get $entry) (call $ends (local.get $counted) (local.get $place))))
            (local.set $counted (local.get $place))
            (local.set $word (i32.add (local.get $bits) (i32.shl (i32.shr_u (local.get $entry) (i32.const 5)) (i32.const 2))))
            (i32.store (local.get $word) (i32.or (i32.load (local.get $word)) (i32.shl (i32.const 1) (local.get $entry))))
            ;; What else this entry holds does not matter.
            (local.set $place (call $nextEnd (local.get $place)))
            (if (i32.ge_u (i32.sub (local.get $place) (local.get $at)) (i32.const 64))
              (then
                (local.set $at (local.get $place))
                (br $scan)))
            (local.set $found
              (i64.and
                (local.get $found)
                (i64.shl (i64.const -1) (i64.extend_i32_u (i32.sub (local.get $place) (local.get $at))))))
            (br_if $each (i64.ne (local.get $found) (i64.const 0)))
            (local.set $at (i32.add (local.get $at) (i32.const 64)))
            (br $scan))
          (local.set $found (i64.and (local.get $found) (i64.sub (local.get $found) (i64.const 1))))
          (br_if $each (i64.ne (local.get $found) (i64.const 0))))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br $scan)))))
