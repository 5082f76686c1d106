;; Looks for texts where they lie, sixteen places at a time. `text-search.wasm.ts` is this, assembled.
(module
  (import "texts" "memory" (memory 1 65536 shared))

  ;; How many bytes 0xFF there are from one place up to another. Reads up to 63 bytes past it.
  (func $endsUpTo (param $from i32) (param $to i32) (result i32)
    (local $count i32) (local $stop i32) (local $sums v128) (local $end v128)
    (local.set $end (i8x16.splat (i32.const 0xff)))
    (loop $rounds
      ;; A byte counts up to 255: sixty-three times four.
      (local.set $stop (i32.and (i32.sub (local.get $to) (local.get $from)) (i32.const -64)))
      (if (i32.gt_u (local.get $stop) (i32.const 4032)) (then (local.set $stop (i32.const 4032))))
      (if (local.get $stop)
        (then
          (local.set $stop (i32.add (local.get $from) (local.get $stop)))
          (local.set $sums (v128.const i64x2 0 0))
          (loop $blocks
            (local.set $sums
              (i8x16.sub
                (local.get $sums)
                (i8x16.add
                  (i8x16.add
                    (i8x16.eq (v128.load (local.get $from)) (local.get $end))
                    (i8x16.eq (v128.load offset=16 (local.get $from)) (local.get $end)))
                  (i8x16.add
                    (i8x16.eq (v128.load offset=32 (local.get $from)) (local.get $end))
                    (i8x16.eq (v128.load offset=48 (local.get $from)) (local.get $end))))))
            (local.set $from (i32.add (local.get $from) (i32.const 64)))
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
      (i32.wrap_i64
        (i64.popcnt
          (i64.and
            (call $endsOf (local.get $from))
            (i64.sub
              (i64.shl (i64.const 1) (i64.extend_i32_u (i32.sub (local.get $to) (local.get $from))))
              (i64.const 1)))))))

  ;; The bytes 0xFF among sixty-four, as bits.
  (func $endsOf (param $at i32) (result i64)
    (local $end v128)
    (local.set $end (i8x16.splat (i32.const 0xff)))
    (i64.or
      (i64.or
        (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (v128.load (local.get $at)) (local.get $end))))
        (i64.shl
          (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (v128.load offset=16 (local.get $at)) (local.get $end))))
          (i64.const 16)))
      (i64.or
        (i64.shl
          (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (v128.load offset=32 (local.get $at)) (local.get $end))))
          (i64.const 32))
        (i64.shl
          (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (v128.load offset=48 (local.get $at)) (local.get $end))))
          (i64.const 48)))))

  ;; A text is a byte 0xFF and entries that each end with one. At each place the needle's bytes at three offsets are compared first, so the
  ;; caller chooses rare ones. Sets the bit of each entry that holds the needle at `bits`, from 0 on. A needle that begins with 0xFF
  ;; belongs to the entry behind it. Reads as far past the text as the needle is long, and 64 bytes.
  (func (export "find")
    (param $text i32) (param $textEnd i32) (param $needle i32) (param $needleBytes i32)
    (param $offsetA i32) (param $offsetB i32) (param $offsetC i32) (param $bits i32)
    (local $at i32) (local $place i32) (local $entry i32) (local $hit i32) (local $counted i32) (local $word i32) (local $i i32)
    (local $isCounted i32)
    (local $atA i32) (local $atB i32) (local $atC i32) (local $ends i64) (local $found i64)
    (local $byteA v128) (local $byteB v128) (local $byteC v128) (local $v0 v128) (local $v1 v128) (local $v2 v128) (local $v3 v128)
    (local.set $entry (i32.const -1))
    (local.set $counted (local.get $text))
    (local.set $at (local.get $text))
    (local.set $byteA (i8x16.splat (i32.load8_u (i32.add (local.get $needle) (local.get $offsetA)))))
    (local.set $byteB (i8x16.splat (i32.load8_u (i32.add (local.get $needle) (local.get $offsetB)))))
    (local.set $byteC (i8x16.splat (i32.load8_u (i32.add (local.get $needle) (local.get $offsetC)))))
    (loop $blocks
      ;; Memory begins to bring what comes next.
      (drop (i32.load8_u offset=2048 (local.get $at)))
      (local.set $atA (i32.add (local.get $at) (local.get $offsetA)))
      (local.set $atB (i32.add (local.get $at) (local.get $offsetB)))
      (local.set $atC (i32.add (local.get $at) (local.get $offsetC)))
      (local.set $v0
        (v128.and
          (v128.and
            (i8x16.eq (v128.load offset=0 (local.get $atA)) (local.get $byteA))
            (i8x16.eq (v128.load offset=0 (local.get $atB)) (local.get $byteB)))
          (i8x16.eq (v128.load offset=0 (local.get $atC)) (local.get $byteC))))
      (local.set $v1
        (v128.and
          (v128.and
            (i8x16.eq (v128.load offset=16 (local.get $atA)) (local.get $byteA))
            (i8x16.eq (v128.load offset=16 (local.get $atB)) (local.get $byteB)))
          (i8x16.eq (v128.load offset=16 (local.get $atC)) (local.get $byteC))))
      (local.set $v2
        (v128.and
          (v128.and
            (i8x16.eq (v128.load offset=32 (local.get $atA)) (local.get $byteA))
            (i8x16.eq (v128.load offset=32 (local.get $atB)) (local.get $byteB)))
          (i8x16.eq (v128.load offset=32 (local.get $atC)) (local.get $byteC))))
      (local.set $v3
        (v128.and
          (v128.and
            (i8x16.eq (v128.load offset=48 (local.get $atA)) (local.get $byteA))
            (i8x16.eq (v128.load offset=48 (local.get $atB)) (local.get $byteB)))
          (i8x16.eq (v128.load offset=48 (local.get $atC)) (local.get $byteC))))
      (if
        (v128.any_true
          (v128.or (v128.or (local.get $v0) (local.get $v1)) (v128.or (local.get $v2) (local.get $v3))))
        (then
          (local.set $found
            (i64.or
              (i64.or
                (i64.extend_i32_u (i8x16.bitmask (local.get $v0)))
                (i64.shl (i64.extend_i32_u (i8x16.bitmask (local.get $v1))) (i64.const 16)))
              (i64.or
                (i64.shl (i64.extend_i32_u (i8x16.bitmask (local.get $v2))) (i64.const 32))
                (i64.shl (i64.extend_i32_u (i8x16.bitmask (local.get $v3))) (i64.const 48)))))
          (local.set $isCounted (i32.const 0))
          (loop $each
            (local.set $hit (i32.wrap_i64 (i64.ctz (local.get $found))))
            (local.set $place (i32.add (local.get $at) (local.get $hit)))
            (if (i32.gt_u (i32.add (local.get $place) (local.get $needleBytes)) (local.get $textEnd)) (then (return)))
            (block $next
              (block $differs
                (local.set $i (i32.const 0))
                (loop $compare
                  (br_if $differs
                    (i32.ne
                      (i32.load8_u (i32.add (local.get $place) (local.get $i)))
                      (i32.load8_u (i32.add (local.get $needle) (local.get $i)))))
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (br_if $compare (i32.lt_u (local.get $i) (local.get $needleBytes))))
                ;; Ends are counted where something is found, and only there.
                (if (i32.eqz (local.get $isCounted))
                  (then
                    (if (i32.ne (local.get $counted) (local.get $at))
                      (then
                        (local.set $entry
                          (i32.add (local.get $entry) (call $endsUpTo (local.get $counted) (local.get $at))))))
                    (local.set $ends (call $endsOf (local.get $at)))
                    (local.set $isCounted (i32.const 1))))
                ;; The last end up to here is the one before the entry.
                (local.set $i
                  (i32.add
                    (local.get $entry)
                    (i32.wrap_i64
                      (i64.popcnt
                        (i64.and
                          (local.get $ends)
                          (i64.sub (i64.shl (i64.const 2) (i64.extend_i32_u (local.get $hit))) (i64.const 1)))))))
                (local.set $word (i32.add (local.get $bits) (i32.shl (i32.shr_u (local.get $i) (i32.const 5)) (i32.const 2))))
                (i32.store (local.get $word) (i32.or (i32.load (local.get $word)) (i32.shl (i32.const 1) (local.get $i))))
                ;; What else this entry holds does not matter: on from its end.
                (local.set $found
                  (i64.and
                    (local.get $found)
                    (i64.sub
                      (i64.const 0)
                      (call $lowestBit
                        (i64.and (local.get $ends) (i64.shl (i64.const -2) (i64.extend_i32_u (local.get $hit))))))))
                (br $next))
              (local.set $found (i64.and (local.get $found) (i64.sub (local.get $found) (i64.const 1)))))
            (br_if $each (i64.ne (local.get $found) (i64.const 0))))
          (if (local.get $isCounted)
            (then
              (local.set $entry (i32.add (local.get $entry) (i32.wrap_i64 (i64.popcnt (local.get $ends)))))
              (local.set $counted (i32.add (local.get $at) (i32.const 64)))))))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br_if $blocks (i32.lt_u (local.get $at) (local.get $textEnd)))))

  (func $lowestBit (param $bits i64) (result i64)
    (i64.and (local.get $bits) (i64.sub (i64.const 0) (local.get $bits))))

  ;; The greatest byte of a text but for 0xFE and 0xFF. Reads sixteen bytes at a time: what lies behind the text counts as well.
  (func (export "greatest") (param $at i32) (param $end i32) (result i32)
    (local $bytes v128) (local $greatest v128)
    (loop $blocks
      (local.set $bytes (v128.load (local.get $at)))
      (local.set $greatest
        (i8x16.max_u
          (local.get $greatest)
          (v128.andnot (local.get $bytes) (i8x16.ge_u (local.get $bytes) (i8x16.splat (i32.const 0xfe))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $blocks (i32.lt_u (local.get $at) (local.get $end))))
    ;; The greatest of sixteen: of the halves, again and again.
    (local.set $greatest (i8x16.max_u (local.get $greatest)
      (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $greatest) (local.get $greatest))))
    (local.set $greatest (i8x16.max_u (local.get $greatest)
      (i8x16.shuffle 4 5 6 7 0 1 2 3 4 5 6 7 0 1 2 3 (local.get $greatest) (local.get $greatest))))
    (local.set $greatest (i8x16.max_u (local.get $greatest)
      (i8x16.shuffle 2 3 0 1 2 3 0 1 2 3 0 1 2 3 0 1 (local.get $greatest) (local.get $greatest))))
    (local.set $greatest (i8x16.max_u (local.get $greatest)
      (i8x16.shuffle 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 (local.get $greatest) (local.get $greatest))))
    (i8x16.extract_lane_u 0 (local.get $greatest))))
