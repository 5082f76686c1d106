;; Looks for texts where they lie. `text-search.wasm.ts` is this, assembled.
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

  ;; The place of the byte with which the needle is found that a place is part of, or begins at; 0: it is not. It may begin in the byte
  ;; before, unless that one stands for itself: then that began with the escape before it, and was looked at there.
  (func $found
    (param $automaton i32) (param $text i32) (param $at i32) (param $textEnd i32) (param $escape i32) (result i32)
    (local $state i32) (local $before i32)
    (local.set $before (i32.sub (local.get $at) (i32.const 1)))
    (local.set $state
      (select
        (i32.const 0)
        (i32.load16_u (i32.add (local.get $automaton) (i32.shl (i32.load8_u (local.get $before)) (i32.const 1))))
        (i32.or
          (i32.lt_u (local.get $before) (local.get $text))
          (i32.and
            (i32.gt_u (local.get $before) (local.get $text))
            (i32.eq (i32.load8_u (i32.sub (local.get $before) (i32.const 1))) (local.get $escape))))))
    (block $ends
      (loop $steps
        (local.set $state
          (i32.load16_u
            (i32.add (local.get $state) (i32.add (local.get $automaton) (i32.shl (i32.load8_u (local.get $at)) (i32.const 1))))))
        (br_if $ends (i32.eqz (local.get $state)))
        (if (i32.and (local.get $state) (i32.const 1)) (then (return (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $steps (i32.lt_u (local.get $at) (local.get $textEnd)))))
    (i32.const 0))

  ;; A text is a byte 0xFF and entries that each end with one, as they are written. Three sets of bytes tell where the needle may be: at one
  ;; that holds it, or one it goes on in behind one it begins in; then the automaton is asked. A set has a bit for each upper half of a
  ;; byte by its lower half, first for 0 to 7, then for 8 to 15. A byte behind `escape` stands for itself. Sets the bit of each entry
  ;; that holds the needle at `bits`, from 0 on. A needle that begins with 0xFF belongs to the entry behind it. Reads up to 4 KB
  ;; past the text.
  (func (export "find")
    (param $text i32) (param $textEnd i32) (param $sets i32) (param $automaton i32) (param $escape i32) (param $list i32) (param $bits i32)
    (local $at i32) (local $place i32) (local $entry i32) (local $counted i32) (local $done i32) (local $word i32) (local $hits i64)
    (local $listed i32) (local $next i32) (local $stripEnd i32) (local $block i32) (local $number i32)
    (local $ends i64) (local $behind i64) (local $offset i64)
    (local $holds0 v128) (local $holds8 v128) (local $begins0 v128) (local $begins8 v128) (local $goesOn0 v128) (local $goesOn8 v128)
    (local $bytes v128) (local $low v128) (local $upper0 v128) (local $upper8 v128) (local $beginsNot v128) (local $before v128)
    (local $lower v128) (local $zero v128) (local $bit0 v128) (local $bit8 v128)
    (local $hits0 v128) (local $hits1 v128) (local $hits2 v128) (local $hits3 v128)
    (local.set $holds0 (v128.load (local.get $sets)))
    (local.set $holds8 (v128.load offset=16 (local.get $sets)))
    (local.set $begins0 (v128.load offset=32 (local.get $sets)))
    (local.set $begins8 (v128.load offset=48 (local.get $sets)))
    (local.set $goesOn0 (v128.load offset=64 (local.get $sets)))
    (local.set $goesOn8 (v128.load offset=80 (local.get $sets)))
    (local.set $lower (i8x16.splat (i32.const 15)))
    (local.set $bit0 (v128.const i8x16 1 2 4 8 16 32 64 -128 0 0 0 0 0 0 0 0))
    (local.set $bit8 (v128.const i8x16 0 0 0 0 0 0 0 0 1 2 4 8 16 32 64 -128))
    (local.set $before (i8x16.splat (i32.const 255)))
    (local.set $entry (i32.const -1))
    (local.set $counted (local.get $text))
    (local.set $ends (call $endsOf (local.get $text)))
    (local.set $at (local.get $text))
    (loop $strips
      ;; Memory begins to bring what comes next, of many places at once.
      (drop (i32.load8_u offset=2048 (local.get $at)))
      (drop (i32.load8_u offset=2112 (local.get $at)))
      (drop (i32.load8_u offset=2176 (local.get $at)))
      (drop (i32.load8_u offset=2240 (local.get $at)))
      (drop (i32.load8_u offset=2304 (local.get $at)))
      (drop (i32.load8_u offset=2368 (local.get $at)))
      (drop (i32.load8_u offset=2432 (local.get $at)))
      (drop (i32.load8_u offset=2496 (local.get $at)))
      (drop (i32.load8_u offset=2560 (local.get $at)))
      (drop (i32.load8_u offset=2624 (local.get $at)))
      (drop (i32.load8_u offset=2688 (local.get $at)))
      (drop (i32.load8_u offset=2752 (local.get $at)))
      (drop (i32.load8_u offset=2816 (local.get $at)))
      (drop (i32.load8_u offset=2880 (local.get $at)))
      (drop (i32.load8_u offset=2944 (local.get $at)))
      (drop (i32.load8_u offset=3008 (local.get $at)))
      ;; First the blocks are listed in which something may be found, without branches, as it cannot be foreseen in which it is.
      (local.set $listed (local.get $list))
      (local.set $stripEnd (i32.add (local.get $at) (i32.const 1024)))
      (loop $blocks
        (local.set $bytes (v128.load offset=0 (local.get $at)))
        (local.set $low (v128.and (local.get $bytes) (local.get $lower)))
        (local.set $bytes (v128.and (i16x8.shr_u (local.get $bytes) (i32.const 4)) (local.get $lower)))
        (local.set $upper0 (i8x16.relaxed_swizzle (local.get $bit0) (local.get $bytes)))
        (local.set $upper8 (i8x16.relaxed_swizzle (local.get $bit8) (local.get $bytes)))
        (local.set $beginsNot
          (i8x16.eq
            (local.get $zero)
            (v128.or
            (v128.and (i8x16.relaxed_swizzle (local.get $begins0) (local.get $low)) (local.get $upper0))
            (v128.and (i8x16.relaxed_swizzle (local.get $begins8) (local.get $low)) (local.get $upper8)))))
        (local.set $hits0
          (v128.or
            (v128.or
            (v128.and (i8x16.relaxed_swizzle (local.get $holds0) (local.get $low)) (local.get $upper0))
            (v128.and (i8x16.relaxed_swizzle (local.get $holds8) (local.get $low)) (local.get $upper8)))
            (v128.andnot
              (v128.or
            (v128.and (i8x16.relaxed_swizzle (local.get $goesOn0) (local.get $low)) (local.get $upper0))
            (v128.and (i8x16.relaxed_swizzle (local.get $goesOn8) (local.get $low)) (local.get $upper8)))
              (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 (local.get $before) (local.get $beginsNot)))))
        (local.set $before (local.get $beginsNot))
        (local.set $bytes (v128.load offset=16 (local.get $at)))
        (local.set $low (v128.and (local.get $bytes) (local.get $lower)))
        (local.set $bytes (v128.and (i16x8.shr_u (local.get $bytes) (i32.const 4)) (local.get $lower)))
        (local.set $upper0 (i8x16.relaxed_swizzle (local.get $bit0) (local.get $bytes)))
        (local.set $upper8 (i8x16.relaxed_swizzle (local.get $bit8) (local.get $bytes)))
        (local.set $beginsNot
          (i8x16.eq
            (local.get $zero)
            (v128.or
            (v128.and (i8x16.relaxed_swizzle (local.get $begins0) (local.get $low)) (local.get $upper0))
            (v128.and (i8x16.relaxed_swizzle (local.get $begins8) (local.get $low)) (local.get $upper8)))))
        (local.set $hits1
          (v128.or
            (v128.or
            (v128.and (i8x16.relaxed_swizzle (local.get $holds0) (local.get $low)) (local.get $upper0))
            (v128.and (i8x16.relaxed_swizzle (local.get $holds8) (local.get $low)) (local.get $upper8)))
            (v128.andnot
              (v128.or
            (v128.and (i8x16.relaxed_swizzle (local.get $goesOn0) (local.get $low)) (local.get $upper0))
            (v128.and (i8x16.relaxed_swizzle (local.get $goesOn8) (local.get $low)) (local.get $upper8)))
              (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 (local.get $before) (local.get $beginsNot)))))
        (local.set $before (local.get $beginsNot))
        (local.set $bytes (v128.load offset=32 (local.get $at)))
        (local.set $low (v128.and (local.get $bytes) (local.get $lower)))
        (local.set $bytes (v128.and (i16x8.shr_u (local.get $bytes) (i32.const 4)) (local.get $lower)))
        (local.set $upper0 (i8x16.relaxed_swizzle (local.get $bit0) (local.get $bytes)))
        (local.set $upper8 (i8x16.relaxed_swizzle (local.get $bit8) (local.get $bytes)))
        (local.set $beginsNot
          (i8x16.eq
            (local.get $zero)
            (v128.or
            (v128.and (i8x16.relaxed_swizzle (local.get $begins0) (local.get $low)) (local.get $upper0))
            (v128.and (i8x16.relaxed_swizzle (local.get $begins8) (local.get $low)) (local.get $upper8)))))
        (local.set $hits2
          (v128.or
            (v128.or
            (v128.and (i8x16.relaxed_swizzle (local.get $holds0) (local.get $low)) (local.get $upper0))
            (v128.and (i8x16.relaxed_swizzle (local.get $holds8) (local.get $low)) (local.get $upper8)))
            (v128.andnot
              (v128.or
            (v128.and (i8x16.relaxed_swizzle (local.get $goesOn0) (local.get $low)) (local.get $upper0))
            (v128.and (i8x16.relaxed_swizzle (local.get $goesOn8) (local.get $low)) (local.get $upper8)))
              (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 (local.get $before) (local.get $beginsNot)))))
        (local.set $before (local.get $beginsNot))
        (local.set $bytes (v128.load offset=48 (local.get $at)))
        (local.set $low (v128.and (local.get $bytes) (local.get $lower)))
        (local.set $bytes (v128.and (i16x8.shr_u (local.get $bytes) (i32.const 4)) (local.get $lower)))
        (local.set $upper0 (i8x16.relaxed_swizzle (local.get $bit0) (local.get $bytes)))
        (local.set $upper8 (i8x16.relaxed_swizzle (local.get $bit8) (local.get $bytes)))
        (local.set $beginsNot
          (i8x16.eq
            (local.get $zero)
            (v128.or
            (v128.and (i8x16.relaxed_swizzle (local.get $begins0) (local.get $low)) (local.get $upper0))
            (v128.and (i8x16.relaxed_swizzle (local.get $begins8) (local.get $low)) (local.get $upper8)))))
        (local.set $hits3
          (v128.or
            (v128.or
            (v128.and (i8x16.relaxed_swizzle (local.get $holds0) (local.get $low)) (local.get $upper0))
            (v128.and (i8x16.relaxed_swizzle (local.get $holds8) (local.get $low)) (local.get $upper8)))
            (v128.andnot
              (v128.or
            (v128.and (i8x16.relaxed_swizzle (local.get $goesOn0) (local.get $low)) (local.get $upper0))
            (v128.and (i8x16.relaxed_swizzle (local.get $goesOn8) (local.get $low)) (local.get $upper8)))
              (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 (local.get $before) (local.get $beginsNot)))))
        (local.set $before (local.get $beginsNot))
        (local.set $hits
          (i64.or
            (i64.or
              (i64.extend_i32_u (i8x16.bitmask (i8x16.ne (local.get $hits0) (local.get $zero))))
              (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.ne (local.get $hits1) (local.get $zero)))) (i64.const 16)))
            (i64.or
              (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.ne (local.get $hits2) (local.get $zero)))) (i64.const 32))
              (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.ne (local.get $hits3) (local.get $zero)))) (i64.const 48)))))
        (i64.store (local.get $listed) (local.get $hits))
        (i32.store offset=8 (local.get $listed) (local.get $at))
        (local.set $listed
          (i32.add (local.get $listed) (i32.shl (i64.ne (local.get $hits) (i64.const 0)) (i32.const 4))))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br_if $blocks (i32.lt_u (local.get $at) (local.get $stripEnd))))
      (local.set $next (local.get $list))
      (block $none
        (loop $hitBlocks
          (br_if $none (i32.eq (local.get $next) (local.get $listed)))
          (local.set $hits (i64.load (local.get $next)))
          (local.set $block (i32.load offset=8 (local.get $next)))
          (local.set $next (i32.add (local.get $next) (i32.const 16)))
          (loop $each
            (local.set $place (i32.add (local.get $block) (i32.wrap_i64 (i64.ctz (local.get $hits)))))
            (if (i32.ge_u (local.get $place) (local.get $textEnd)) (then (return)))
            (local.set $hits (i64.and (local.get $hits) (i64.sub (local.get $hits) (i64.const 1))))
            (block $nothing
              ;; What else an entry holds does not matter once the needle is found in it.
              (br_if $nothing (i32.lt_u (local.get $place) (local.get $done)))
              (local.set $place
                (call $found
                  (local.get $automaton)
                  (local.get $text)
                  (local.get $place)
                  (local.get $textEnd)
                  (local.get $escape)))
              (br_if $nothing (i32.eqz (local.get $place)))
              ;; Ends are counted where something is found, and only there.
              (if (i32.ne (local.get $counted) (local.get $block))
                (then
                  (local.set $entry (i32.add (local.get $entry) (call $endsUpTo (local.get $counted) (local.get $block))))
                  (local.set $counted (local.get $block))
                  (local.set $ends (call $endsOf (local.get $block)))))
              (local.set $offset (i64.extend_i32_u (i32.sub (local.get $place) (local.get $block))))
              (if (i64.lt_u (local.get $offset) (i64.const 64))
                (then
                  (local.set $number
                    (i32.add
                      (local.get $entry)
                      (i32.wrap_i64
                        (i64.popcnt
                          (i64.and (local.get $ends) (i64.sub (i64.shl (i64.const 1) (local.get $offset)) (i64.const 1)))))))
                  (local.set $behind (i64.and (local.get $ends) (i64.shl (i64.const -1) (local.get $offset)))))
                (else
                  (local.set $number (i32.add (local.get $entry) (call $endsUpTo (local.get $block) (local.get $place))))
                  (local.set $behind (i64.const 0))))
              (local.set $word (i32.add (local.get $bits) (i32.shl (i32.shr_u (local.get $number) (i32.const 5)) (i32.const 2))))
              (i32.store (local.get $word) (i32.or (i32.load (local.get $word)) (i32.shl (i32.const 1) (local.get $number))))
              (if (i64.ne (local.get $behind) (i64.const 0))
                (then
                  (local.set $done
                    (i32.add (local.get $block) (i32.add (i32.wrap_i64 (i64.ctz (local.get $behind))) (i32.const 1)))))
                (else
                  (local.set $done (local.get $place))
                  (loop $toEnd
                    (local.set $done (i32.add (local.get $done) (i32.const 1)))
                    (br_if $toEnd (i32.ne (i32.load8_u (i32.sub (local.get $done) (i32.const 1))) (i32.const 0xff)))))))
            (br_if $each (i64.ne (local.get $hits) (i64.const 0))))
          (br $hitBlocks)))
      (br_if $strips (i32.lt_u (local.get $at) (local.get $textEnd)))))

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
