package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxLine is the longest line of a file of events.
const maxLine = 64 << 20

// readEvents reads files of JSON objects, one a line, which may be compressed.
func readEvents(names []string) ([][]byte, error) {
	var events [][]byte
	for _, name := range names {
		var err error
		if events, err = appendEvents(events, name); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return events, nil
}

func appendEvents(events [][]byte, name string) ([][]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, err
		}
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		if line := bytes.TrimSpace(lines.Bytes()); len(line) > 0 {
			events = append(events, bytes.Clone(line))
		}
	}
	return events, lines.Err()
}
