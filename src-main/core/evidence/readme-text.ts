/** `README.txt` of every evidence package. Its commands and its script are run by a test. */
export const readmeText = `Evidence package of Trailview
=============================

This file holds audit events that Trailview collected from services, and all that is needed to check them without Trailview.

What is in it
-------------
events.ndjson     the events, one JSON object a line. "raw" is what the service sent, as it was received; "hash" is the SHA-256 of
                  these bytes (where they are no UTF-8, "rawBase64" holds them). All other fields are how Trailview reads them.
revisions.ndjson  every payload, the newest included, of the events whose payload changed at the service after it was first collected
pages.ndjson      the answers ("pages") of the services in which these payloads were new: the ledger's entry about each, the hashes of
                  the payloads that are in this package, and of the others that were new in the same page
manifest.json     what was asked for, when and by which version; counts by service and day; which spans of time had been collected
                  from which connection, also of those removed since; the ledger's last entry at the moment the events are of;
                  sizes and SHA-256 of the files above
ledger.ndjson     all that ever happened to the archive up to this package, one entry a line: collected pages, changed connections,
                  reviews and tags (not the notes themselves), exports. The last entry holds the SHA-256 of manifest.json.
SHA256SUMS        SHA-256 of all files but itself

How to check it
---------------
1. The files are as they were written:

    unzip PACKAGE -d checked && cd checked && sha256sum -c SHA256SUMS

2. One event is what the service sent (the second line shows what the first must give):

    grep '"id":"ID"' events.ndjson | jq -j .raw | sha256sum
    grep '"id":"ID"' events.ndjson | jq -r .hash

3. Everything else, with Python 3 (save it as check.py beside the files and run: python3 check.py):

    import base64, collections, hashlib, json
    sha256 = lambda data: hashlib.sha256(data).hexdigest()
    lines = lambda name: (line.rstrip(b"\\n") for line in open(name, "rb"))

    # Each entry's hash is over the hash before it and its own line; before the first one stand 32 zero bytes.
    ledger, chain = [None], [bytes(32)]
    for line in lines("ledger.ndjson"):
        chain.append(hashlib.sha256(chain[-1] + line).digest())
        number, at, kind, facts = json.loads(line)
        assert number == len(ledger), f"ledger: entry {len(ledger)} is missing"
        ledger.append((kind, json.loads(facts)))
    manifest = open("manifest.json", "rb").read()
    told = json.loads(manifest)
    kind, facts = ledger[-1]
    assert kind == "evidence" and facts["manifest"] == sha256(manifest), "manifest.json is not the ledger's"
    assert chain[told["moment"]["entries"]].hex() == told["moment"]["hash"], "ledger: an entry was altered"
    for file in told["files"]:
        assert sha256(open(file["name"], "rb").read()) == file["sha256"], file["name"]

    # The ledger's entry about a page holds one hash over the hashes of all payloads that were new in it.
    expected = collections.Counter()
    for page in map(json.loads, lines("pages.ndjson")):
        kind, facts = ledger[page["entry"]]
        hashes = "".join(sorted(page["payloads"] + page["others"]))
        assert kind == "page" and facts["stored"] == sha256(bytes.fromhex(hashes)), f"page {page['page']}"
        expected.update(page["payloads"])

    found, rows = collections.Counter(), 0
    for name in "events.ndjson", "revisions.ndjson":
        for item in map(json.loads, lines(name)):
            payload = base64.b64decode(item["rawBase64"]) if "rawBase64" in item else item["raw"].encode()
            assert sha256(payload) == item["hash"], f"{name}: {item['id']}"
            rows += name == "events.ndjson"
            if name == "revisions.ndjson" or item["revision"] == 1:
                found[item["hash"]] += 1
    assert found == expected, "payloads and pages are not the same"
    assert rows == told["rows"], "the number of events is not the manifest's"
    print(f"{rows} events are sound. Last entry of the ledger: {len(ledger) - 1}, {chain[-1].hex()}")

Trailview itself checks all of this and more: trailview verify PACKAGE. It needs no archive and no key.

What it proves
--------------
- Each payload is, byte for byte, one whose hash the archive's ledger holds, in the entry about the page it came with.
- The ledger is a chain: an entry cannot be changed, added or taken out without changing the hash of each entry after it. The last
  entry holds the hash of the manifest, and the manifest those of the other files. So the hash of the ledger's last entry stands
  for all of this package, and so does the SHA-256 of the package file.
- Trailview shows the SHA-256 of the package when it is made, and enters it into the ledger of the archive. Give it to somebody else
  at that time, or write it down apart from the package. Whoever compares it later knows that nothing was changed since.

What it does not prove
----------------------
- There is no signature in it. Somebody who changes everything, with all hashes, makes another package that is sound in itself. Only
  the comparison with a hash that was told elsewhere, or with the archive's ledger, shows the difference.
- That nothing was left out: which events match what was asked for was decided by Trailview when the package was made. The manifest
  says how many there were. What the services did not give is not in it; the manifest says what was collected.
- That what a service sent is true, and that the clock of the collecting computer was right.
- Instructions in a package that you do not trust may have been changed with it: take them from a Trailview that you trust.
`
