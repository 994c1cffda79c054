// An independent reader of the ledger, over golang.org/x/mod/sumdb: it trusts nothing but the public key.
//
// usage: reader URL VERIFIER_KEY OLD_CHECKPOINT_FILE LEAF_HEX INDEX
//
// It opens the newest checkpoint and an earlier one, reads tiles, and proves from them that the log only grew
// and that the leaf is at its index. It ends with status 0 when all of that holds.
package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type tiles struct{ url string }

func (t tiles) Height() int { return height }

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// ReadTiles names tiles as C2SP does, which is as sumdb does without its height.
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
		content, err := get(t.url + "/ledger/tile/" + path)
		if err != nil {
			return nil, err
		}
		found = append(found, content)
	}
	return found, nil
}

func main() {
	if err := check(os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(url, key, earlier, leaf, place string) error {
	written, err := get(url + "/ledger/checkpoint")
	if err != nil {
		return err
	}
	now, err := open(written, key)
	if err != nil {
		return err
	}
	kept, err := os.ReadFile(earlier)
	if err != nil {
		return err
	}
	old, err := open(kept, key)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(now, tiles{url})
	grown, err := tlog.ProveTree(now.N, old.N, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(grown, now.N, now.Hash, old.N, old.Hash); err != nil {
		return err
	}
	entry, err := hex.DecodeString(leaf)
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(place, 10, 64)
	if err != nil {
		return err
	}
	record, err := tlog.ProveRecord(now.N, index, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(record, now.N, now.Hash, index, tlog.RecordHash(entry)); err != nil {
		return err
	}
	fmt.Printf("%d leaves extend %d, leaf %d is in them\n", now.N, old.N, index)
	return nil
}

func open(written []byte, key string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(written, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func get(url string) ([]byte, error) {
	answer, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, answer.Status)
	}
	return io.ReadAll(answer.Body)
}
