package main

import (
	"io"
	"strings"
	"unicode/utf8"
)

// maxCell caps the width of a cell, in runes.
const maxCell = 60

// A table prints rows in columns. Rows wait until flush, so that columns fit
// what is known by then; a wider cell later widens its column from there on.
// The zero widths are ready to use.
type table struct {
	w       io.Writer
	term    terminal
	head    []string
	rows    [][]string
	width   []int
	started bool
}

// add takes a row with one cell for each column.
func (t *table) add(row []string) {
	for i, cell := range row {
		row[i] = clip(printable(strings.ReplaceAll(cell, "\n", " ")))
	}
	t.rows = append(t.rows, row)
}

// flush prints the rows that wait, below the head if they are the first.
func (t *table) flush() error {
	if len(t.rows) == 0 {
		return nil
	}
	if !t.started {
		t.width = make([]int, len(t.head))
		t.fit(t.head)
	}
	for _, row := range t.rows {
		t.fit(row)
	}
	var b strings.Builder
	if !t.started {
		b.WriteString(t.term.strong(t.line(t.head)))
		b.WriteByte('\n')
		t.started = true
	}
	for _, row := range t.rows {
		b.WriteString(t.line(row))
		b.WriteByte('\n')
	}
	t.rows = t.rows[:0]
	_, err := io.WriteString(t.w, b.String())
	return err
}

func (t *table) fit(row []string) {
	for i, cell := range row {
		t.width[i] = max(t.width[i], utf8.RuneCountInString(cell))
	}
}

func (t *table) line(row []string) string {
	var b strings.Builder
	for i, cell := range row {
		if i > 0 {
			b.WriteString("  ")
		}
		b.WriteString(cell)
		b.WriteString(strings.Repeat(" ", t.width[i]-utf8.RuneCountInString(cell)))
	}
	return strings.TrimRight(b.String(), " ")
}

// clip shortens a cell that is too wide.
func clip(s string) string {
	if len(s) <= maxCell || utf8.RuneCountInString(s) <= maxCell {
		return s
	}
	n := 0
	for at := range s {
		if n++; n == maxCell {
			return s[:at] + "…"
		}
	}
	return s
}
