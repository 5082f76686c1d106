;; The two parts of unpacking a zstd block that take the time (RFC 8878). `unzstd.wasm.ts` is this, assembled; `unzstd.ts` makes the tables.
;; Everything reads up to 16 bytes and writes up to 16 bytes further than it says.
(module
  (import "unzstd" "memory" (memory 64 1024 shared))
  ;; Tables of literal lengths, offsets, match lengths, each entry eight bytes: a value, the next state (16 bits), how many bits are read to
  ;; add to that, how many to add to the value; and of Huffman codes, each entry two bytes: a byte and how many bits it took.
  (import "unzstd" "lengths" (global $lengths i32))
  (import "unzstd" "offsets" (global $offsets i32))
  (import "unzstd" "matches" (global $matches i32))
  (import "unzstd" "codes" (global $codes i32))
  ;; The last offsets.
  (global $last1 (mut i32) (i32.const 1))
  (global $last2 (mut i32) (i32.const 4))
  (global $last3 (mut i32) (i32.const 8))

  (func (export "begin")
    (global.set $last1 (i32.const 1))
    (global.set $last2 (i32.const 4))
    (global.set $last3 (i32.const 8)))

  ;; How many bits lie before the mark in the last byte of a stream, which is read from its end.
  (func $bitsOf (param $from i32) (param $end i32) (result i32)
    (i32.sub
      (i32.shl (i32.sub (local.get $end) (local.get $from)) (i32.const 3))
      (i32.sub (i32.clz (i32.load8_u (i32.sub (local.get $end) (i32.const 1)))) (i32.const 23))))

  ;; That many bits, which lie behind bit `at` of a stream.
  (func $bits (param $from i32) (param $at i32) (param $count i32) (result i32)
    (i32.and
      (i32.wrap_i64
        (i64.shr_u
          (i64.load (i32.add (local.get $from) (i32.shr_s (local.get $at) (i32.const 3))))
          (i64.extend_i32_u (i32.and (local.get $at) (i32.const 7)))))
      (i32.sub (i32.shl (i32.const 1) (local.get $count)) (i32.const 1))))

  (func $copy (param $to i32) (param $from i32) (param $bytes i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $to) (local.get $bytes)))
    (loop $more
      (v128.store (local.get $to) (v128.load (local.get $from)))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $more (i32.lt_u (local.get $to) (local.get $end)))))

  ;; The same where what is written is read again.
  (func $repeat (param $to i32) (param $offset i32) (param $bytes i32)
    (local $end i32) (local $from i32)
    (local.set $end (i32.add (local.get $to) (local.get $bytes)))
    (local.set $from (i32.sub (local.get $to) (local.get $offset)))
    (if (i32.ge_u (local.get $offset) (i32.const 8))
      (then
        (loop $more
          (i64.store (local.get $to) (i64.load (local.get $from)))
          (local.set $from (i32.add (local.get $from) (i32.const 8)))
          (local.set $to (i32.add (local.get $to) (i32.const 8)))
          (br_if $more (i32.lt_u (local.get $to) (local.get $end)))))
      (else
        (loop $more
          (i32.store8 (local.get $to) (i32.load8_u (local.get $from)))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))
          (local.set $to (i32.add (local.get $to) (i32.const 1)))
          (br_if $more (i32.lt_u (local.get $to) (local.get $end)))))))

  ;; Carries out sequences: literals are copied, then what stood before. Returns where the output ends; 0: something is wrong. `states`: the
  ;; bits with which each table begins: literal lengths, offsets, match lengths, a byte each.
  (func (export "sequences")
    (param $count i32) (param $from i32) (param $end i32) (param $states i32) (param $literals i32) (param $literalsEnd i32)
    (param $begin i32) (param $to i32) (param $toEnd i32) (result i32)
    (local $at i32) (local $ofLength i32) (local $ofOffset i32) (local $ofMatch i32) (local $length i64) (local $offset i64) (local $match i64)
    (local $literal i32) (local $copied i32) (local $back i32) (local $more i32)
    (local.set $at (call $bitsOf (local.get $from) (local.get $end)))
    (local.set $more (i32.and (local.get $states) (i32.const 255)))
    (local.set $at (i32.sub (local.get $at) (local.get $more)))
    (local.set $ofLength (call $bits (local.get $from) (local.get $at) (local.get $more)))
    (local.set $more (i32.and (i32.shr_u (local.get $states) (i32.const 8)) (i32.const 255)))
    (local.set $at (i32.sub (local.get $at) (local.get $more)))
    (local.set $ofOffset (call $bits (local.get $from) (local.get $at) (local.get $more)))
    (local.set $more (i32.shr_u (local.get $states) (i32.const 16)))
    (local.set $at (i32.sub (local.get $at) (local.get $more)))
    (local.set $ofMatch (call $bits (local.get $from) (local.get $at) (local.get $more)))
    (loop $each
      (if (i32.lt_s (local.get $at) (i32.const 0)) (then (return (i32.const 0))))
      (local.set $length (i64.load (i32.add (global.get $lengths) (i32.shl (local.get $ofLength) (i32.const 3)))))
      (local.set $offset (i64.load (i32.add (global.get $offsets) (i32.shl (local.get $ofOffset) (i32.const 3)))))
      (local.set $match (i64.load (i32.add (global.get $matches) (i32.shl (local.get $ofMatch) (i32.const 3)))))
      (local.set $more (i32.wrap_i64 (i64.shr_u (local.get $offset) (i64.const 56))))
      (local.set $at (i32.sub (local.get $at) (local.get $more)))
      (local.set $back
        (i32.add (i32.wrap_i64 (local.get $offset)) (call $bits (local.get $from) (local.get $at) (local.get $more))))
      (local.set $more (i32.wrap_i64 (i64.shr_u (local.get $match) (i64.const 56))))
      (local.set $at (i32.sub (local.get $at) (local.get $more)))
      (local.set $copied
        (i32.add (i32.wrap_i64 (local.get $match)) (call $bits (local.get $from) (local.get $at) (local.get $more))))
      (local.set $more (i32.wrap_i64 (i64.shr_u (local.get $length) (i64.const 56))))
      (local.set $at (i32.sub (local.get $at) (local.get $more)))
      (local.set $literal
        (i32.add (i32.wrap_i64 (local.get $length)) (call $bits (local.get $from) (local.get $at) (local.get $more))))

      ;; 1 to 3 stand for the last offsets, or, without literals, for the second, the third and one less than the first.
      (if (i32.gt_u (local.get $back) (i32.const 3))
        (then
          (local.set $back (i32.sub (local.get $back) (i32.const 3)))
          (global.set $last3 (global.get $last2))
          (global.set $last2 (global.get $last1))
          (global.set $last1 (local.get $back)))
        (else
          (local.set $more (i32.add (local.get $back) (i32.eqz (local.get $literal))))
          (local.set $back (global.get $last1))
          (if (i32.gt_u (local.get $more) (i32.const 1))
            (then
              (if (i32.eq (local.get $more) (i32.const 2))
                (then (local.set $back (global.get $last2)))
                (else
                  (local.set $back (i32.sub (local.get $back) (i32.const 1)))
                  (if (i32.eq (local.get $more) (i32.const 3)) (then (local.set $back (global.get $last3))))
                  (global.set $last3 (global.get $last2))))
              (global.set $last2 (global.get $last1))
              (global.set $last1 (local.get $back))))))

      (if
        (i32.or
          (i32.gt_u (local.get $literal) (i32.sub (local.get $literalsEnd) (local.get $literals)))
          (i32.gt_u (i32.add (local.get $literal) (local.get $copied)) (i32.sub (local.get $toEnd) (local.get $to))))
        (then (return (i32.const 0))))
      (call $copy (local.get $to) (local.get $literals) (local.get $literal))
      (local.set $literals (i32.add (local.get $literals) (local.get $literal)))
      (local.set $to (i32.add (local.get $to) (local.get $literal)))
      (if (i32.gt_u (i32.sub (local.get $back) (i32.const 1)) (i32.sub (i32.sub (local.get $to) (local.get $begin)) (i32.const 1)))
        (then (return (i32.const 0))))
      (if (i32.ge_u (local.get $back) (i32.const 16))
        (then (call $copy (local.get $to) (i32.sub (local.get $to) (local.get $back)) (local.get $copied)))
        (else (call $repeat (local.get $to) (local.get $back) (local.get $copied))))
      (local.set $to (i32.add (local.get $to) (local.get $copied)))

      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (if (local.get $count)
        (then
          (local.set $more (i32.and (i32.wrap_i64 (i64.shr_u (local.get $length) (i64.const 48))) (i32.const 255)))
          (local.set $at (i32.sub (local.get $at) (local.get $more)))
          (local.set $ofLength
            (i32.add
              (i32.and (i32.wrap_i64 (i64.shr_u (local.get $length) (i64.const 32))) (i32.const 0xffff))
              (call $bits (local.get $from) (local.get $at) (local.get $more))))
          (local.set $more (i32.and (i32.wrap_i64 (i64.shr_u (local.get $match) (i64.const 48))) (i32.const 255)))
          (local.set $at (i32.sub (local.get $at) (local.get $more)))
          (local.set $ofMatch
            (i32.add
              (i32.and (i32.wrap_i64 (i64.shr_u (local.get $match) (i64.const 32))) (i32.const 0xffff))
              (call $bits (local.get $from) (local.get $at) (local.get $more))))
          (local.set $more (i32.and (i32.wrap_i64 (i64.shr_u (local.get $offset) (i64.const 48))) (i32.const 255)))
          (local.set $at (i32.sub (local.get $at) (local.get $more)))
          (local.set $ofOffset
            (i32.add
              (i32.and (i32.wrap_i64 (i64.shr_u (local.get $offset) (i64.const 32))) (i32.const 0xffff))
              (call $bits (local.get $from) (local.get $at) (local.get $more))))
          (br $each))))
    (local.set $literal (i32.sub (local.get $literalsEnd) (local.get $literals)))
    (if (i32.or (local.get $at) (i32.gt_u (local.get $literal) (i32.sub (local.get $toEnd) (local.get $to))))
      (then (return (i32.const 0))))
    (call $copy (local.get $to) (local.get $literals) (local.get $literal))
    (i32.add (local.get $to) (local.get $literal)))

  ;; Bytes of a stream of Huffman codes of at most `most` bits, of which `at` bits are left. Returns whether that is all of it.
  (func $stream (param $from i32) (param $at i32) (param $most i32) (param $to i32) (param $toEnd i32) (result i32)
    (local $code i32)
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $to) (local.get $toEnd)))
        (if (i32.lt_s (local.get $at) (i32.const 0)) (then (return (i32.const 0))))
        (local.set $code
          (if (result i32) (i32.ge_s (local.get $at) (local.get $most))
            (then (call $bits (local.get $from) (i32.sub (local.get $at) (local.get $most)) (local.get $most)))
            ;; Before the first bit there are zeros.
            (else
              (i32.shl
                (call $bits (local.get $from) (i32.const 0) (local.get $at))
                (i32.sub (local.get $most) (local.get $at))))))
        (local.set $code (i32.load16_u (i32.add (global.get $codes) (i32.shl (local.get $code) (i32.const 1)))))
        (i32.store8 (local.get $to) (local.get $code))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (local.set $at (i32.sub (local.get $at) (i32.shr_u (local.get $code) (i32.const 8))))
        (br $each)))
    (i32.eqz (local.get $at)))

  (func (export "oneStream") (param $from i32) (param $end i32) (param $most i32) (param $to i32) (param $toEnd i32) (result i32)
    (call $stream
      (local.get $from)
      (call $bitsOf (local.get $from) (local.get $end))
      (local.get $most)
      (local.get $to)
      (local.get $toEnd)))

  ;; The same of four streams at a time, which the processor does side by side: each is a quarter of the bytes, the last what is left.
  (func (export "fourStreams")
    (param $from1 i32) (param $from2 i32) (param $from3 i32) (param $from4 i32) (param $end i32) (param $most i32) (param $to i32)
    (param $quarter i32) (param $toEnd i32) (result i32)
    (local $at1 i32) (local $at2 i32) (local $at3 i32) (local $at4 i32) (local $to2 i32) (local $to3 i32) (local $to4 i32) (local $i i32)
    (local $code1 i32) (local $code2 i32) (local $code3 i32) (local $code4 i32) (local $common i32)
    (local.set $at1 (i32.sub (call $bitsOf (local.get $from1) (local.get $from2)) (local.get $most)))
    (local.set $at2 (i32.sub (call $bitsOf (local.get $from2) (local.get $from3)) (local.get $most)))
    (local.set $at3 (i32.sub (call $bitsOf (local.get $from3) (local.get $from4)) (local.get $most)))
    (local.set $at4 (i32.sub (call $bitsOf (local.get $from4) (local.get $end)) (local.get $most)))
    (local.set $to2 (i32.add (local.get $to) (local.get $quarter)))
    (local.set $to3 (i32.add (local.get $to2) (local.get $quarter)))
    (local.set $to4 (i32.add (local.get $to3) (local.get $quarter)))
    (local.set $common (i32.sub (local.get $toEnd) (local.get $to4)))
    (block $done
      (loop $each
        (br_if $done (i32.ge_s (local.get $i) (local.get $common)))
        (br_if $done
          (i32.lt_s
            (i32.or (i32.or (local.get $at1) (local.get $at2)) (i32.or (local.get $at3) (local.get $at4)))
            (i32.const 0)))
        (local.set $code1
          (i32.load16_u
            (i32.add (global.get $codes) (i32.shl (call $bits (local.get $from1) (local.get $at1) (local.get $most)) (i32.const 1)))))
        (local.set $code2
          (i32.load16_u
            (i32.add (global.get $codes) (i32.shl (call $bits (local.get $from2) (local.get $at2) (local.get $most)) (i32.const 1)))))
        (local.set $code3
          (i32.load16_u
            (i32.add (global.get $codes) (i32.shl (call $bits (local.get $from3) (local.get $at3) (local.get $most)) (i32.const 1)))))
        (local.set $code4
          (i32.load16_u
            (i32.add (global.get $codes) (i32.shl (call $bits (local.get $from4) (local.get $at4) (local.get $most)) (i32.const 1)))))
        (i32.store8 (i32.add (local.get $to) (local.get $i)) (local.get $code1))
        (i32.store8 (i32.add (local.get $to2) (local.get $i)) (local.get $code2))
        (i32.store8 (i32.add (local.get $to3) (local.get $i)) (local.get $code3))
        (i32.store8 (i32.add (local.get $to4) (local.get $i)) (local.get $code4))
        (local.set $at1 (i32.sub (local.get $at1) (i32.shr_u (local.get $code1) (i32.const 8))))
        (local.set $at2 (i32.sub (local.get $at2) (i32.shr_u (local.get $code2) (i32.const 8))))
        (local.set $at3 (i32.sub (local.get $at3) (i32.shr_u (local.get $code3) (i32.const 8))))
        (local.set $at4 (i32.sub (local.get $at4) (i32.shr_u (local.get $code4) (i32.const 8))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $each)))
    (i32.and
      (i32.and
        (call $stream
          (local.get $from1) (i32.add (local.get $at1) (local.get $most)) (local.get $most)
          (i32.add (local.get $to) (local.get $i)) (local.get $to2))
        (call $stream
          (local.get $from2) (i32.add (local.get $at2) (local.get $most)) (local.get $most)
          (i32.add (local.get $to2) (local.get $i)) (local.get $to3)))
      (i32.and
        (call $stream
          (local.get $from3) (i32.add (local.get $at3) (local.get $most)) (local.get $most)
          (i32.add (local.get $to3) (local.get $i)) (local.get $to4))
        (call $stream
          (local.get $from4) (i32.add (local.get $at4) (local.get $most)) (local.get $most)
          (i32.add (local.get $to4) (local.get $i)) (local.get $toEnd))))))
