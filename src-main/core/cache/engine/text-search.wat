;; Finds the entries of a text that hold a needle, sixteen places at a time. `text-search.wasm.ts` is this, assembled.
(module
  (memory (export "memory") 1)

  ;; The text lies at 0: one 0xFF, then entries that each end with 0xFF. At each place the needle's bytes at `offsetA` and `offsetB` are
  ;; compared first, so the caller chooses rare ones. Writes the numbers of entries, ascending and each once, to `hits`, and returns how
  ;; many. A needle that begins with 0xFF belongs to the entry behind it. Reads as far past the text as the needle is long, and 16 bytes.
  (func (export "find")
    (param $textBytes i32) (param $needle i32) (param $needleBytes i32) (param $offsetA i32) (param $offsetB i32) (param $hits i32)
    (result i32)
    (local $at i32) (local $entry i32) (local $lastHit i32) (local $out i32)
    (local $ends i32) (local $found i32) (local $bits i32) (local $bit i32) (local $i i32)
    (local $byteA v128) (local $byteB v128) (local $end v128)
    (local.set $entry (i32.const -1))
    (local.set $lastHit (i32.const -1))
    (local.set $out (local.get $hits))
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
          (local.set $bits (i32.or (local.get $ends) (local.get $found)))
          (loop $marks
            (local.set $bit (i32.ctz (local.get $bits)))
            (local.set $bits (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))
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
              (i32.store (local.get $out) (local.get $entry))
              (local.set $out (i32.add (local.get $out) (i32.const 4)))
              (local.set $lastHit (local.get $entry)))
            (br_if $marks (local.get $bits))))
        (else
          (local.set $entry (i32.add (local.get $entry) (i32.popcnt (local.get $ends))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $blocks (i32.lt_u (local.get $at) (local.get $textBytes))))
    (i32.shr_u (i32.sub (local.get $out) (local.get $hits)) (i32.const 2))))
