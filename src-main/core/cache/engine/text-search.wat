;; Finds the entries of a text that hold a needle, sixteen places at a time. `text-search.wasm.ts` is this, assembled.
(module
  (memory (export "memory") 1)

  ;; The text lies at 0: one 0xFF, then entries that each end with 0xFF. At each place the needle's bytes at `offsetA` and `offsetB` are
  ;; compared first, so the caller chooses rare ones. Sets the bit of each entry at `bits`, from 0 on. A needle that begins with 0xFF
  ;; belongs to the entry behind it. Reads as far past the text as the needle is long, and 16 bytes.
  (func (export "find")
    (param $textBytes i32) (param $needle i32) (param $needleBytes i32) (param $offsetA i32) (param $offsetB i32) (param $bits i32)
    (local $at i32) (local $entry i32) (local $lastHit i32) (local $word i32)
    (local $ends i32) (local $found i32) (local $marks i32) (local $bit i32) (local $i i32)
    (local $byteA v128) (local $byteB v128) (local $end v128)
    (local.set $entry (i32.const -1))
    (local.set $lastHit (i32.const -1))
    (local.set $byteA (i8x16.splat (i32.load8_u (i32.add (local.get $needle) (local.get $offsetA)))))
    (local.set $byteB (i8x16.splat (i32.load8_u (i32.add (local.get $needle) (local.get $offsetB)))))
    (local.set $end (i8x16.splat (i32.const 0xff)))
    (loop $blocks
      (local.set $ends (i8x16.bitmask (i8x16.eq (v128.load (local.get $at)) (local.get $end))))
      (local.set $found
        (i8x16.bitmask
          (v128.and
            (i8x16.eq (v128.load (i32.add (local.get $at) (local.get $offsetA))) (local.get $byteA))
            (i8x16.eq (v128.load (i32.add (local.get $at) (local.get $offsetB))) (local.get $byteB)))))
      (if (local.get $found)
        (then
          (local.set $marks (i32.or (local.get $ends) (local.get $found)))
          (loop $each
            (local.set $bit (i32.ctz (local.get $marks)))
            (local.set $marks (i32.and (local.get $marks) (i32.sub (local.get $marks) (i32.const 1))))
            (local.set $entry
              (i32.add (local.get $entry) (i32.and (i32.shr_u (local.get $ends) (local.get $bit)) (i32.const 1))))
            (block $next
              (br_if $next (i32.eqz (i32.and (i32.shr_u (local.get $found) (local.get $bit)) (i32.const 1))))
              (br_if $next (i32.eq (local.get $entry) (local.get $lastHit)))
              (br_if $next
                (i32.gt_u
                  (i32.add (i32.add (local.get $at) (local.get $bit)) (local.get $needleBytes))
                  (local.get $textBytes)))
              (local.set $i (i32.const 0))
              (loop $compare
                (br_if $next
                  (i32.ne
                    (i32.load8_u (i32.add (i32.add (local.get $at) (local.get $bit)) (local.get $i)))
                    (i32.load8_u (i32.add (local.get $needle) (local.get $i)))))
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br_if $compare (i32.lt_u (local.get $i) (local.get $needleBytes))))
              (local.set $word
                (i32.add (local.get $bits) (i32.shl (i32.shr_u (local.get $entry) (i32.const 5)) (i32.const 2))))
              (i32.store
                (local.get $word)
                (i32.or (i32.load (local.get $word)) (i32.shl (i32.const 1) (local.get $entry))))
              (local.set $lastHit (local.get $entry)))
            (br_if $each (local.get $marks))))
        (else
          (local.set $entry (i32.add (local.get $entry) (i32.popcnt (local.get $ends))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $blocks (i32.lt_u (local.get $at) (local.get $textBytes))))))
