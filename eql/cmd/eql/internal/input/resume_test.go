package input_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/input"
)

// take reads up to n items (all if it is negative) behind some positions, and
// returns them with the positions behind them, which have been stored as JSON.
func take(t *testing.T, r *input.Reader, n int) ([]string, []input.Position) {
	t.Helper()
	var out []string
	if n != 0 {
		for d, err := range r.All(context.Background()) {
			out = append(out, show(d, err))
			if n--; n == 0 {
				break
			}
		}
	}
	text, err := json.Marshal(r.Positions())
	require.NoError(t, err)
	var ps []input.Position
	require.NoError(t, json.Unmarshal(text, &ps))
	return out, ps
}

func show(d input.Doc, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	return fmt.Sprintf("%s %s", d.Fault(0, "").Error(), d.Data)
}

// Reading that is broken off behind any document and goes on in another Reader
// yields what one Reader yields, with the same places.
func TestResume_everywhere(t *testing.T) {
	texts := map[string]string{
		"lines":       "{\"a\":1}\n\n  {\"a\":2}\r\nrubbish\n{\"a\":3}\n{\"a\":4}",
		"mark":        "\xef\xbb\xbf{\"a\":1}\n{\"a\":2}\n",
		"array":       "\n[\n {\"a\":1} ,\n {\"a\":[2,{}]}, 7, {\"a\":3}\n]\n",
		"arrays":      "[{\"a\":1}]\n[ ]\n[{\"a\":2}, {\"a\":3}]",
		"array, then": "[{\"a\":1}, {\"a\":2}]\n{\"a\":3}\n[4]\n{\"a\":5}\n",
		"no end":      "[{\"a\":1}, {\"a\":2}\n\n",
		"broken":      "[{\"a\":1},\n {\"a\":2}, {\"a\":",
		"empty":       "",
		"long lines":  strings.Repeat("{\"a\":\""+strings.Repeat("x", 700)+"\"}\n", 5),
	}
	packings := map[string]func(t testing.TB, text string) []byte{
		"plain": func(_ testing.TB, text string) []byte { return []byte(text) },
		"gzip":  zipped,
		"zstd":  zstdOf,
	}
	for name, text := range texts {
		for packing, pack := range packings {
			t.Run(name+" "+packing, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "in")
				require.NoError(t, os.WriteFile(path, pack(t, text), 0o600))
				reader := func(ps []input.Position) *input.Reader {
					return &input.Reader{Files: []string{path}, Resume: ps}
				}
				all, _ := take(t, reader(nil), -1)
				for n := range len(all) + 1 {
					first, ps := take(t, reader(nil), n)
					rest, ps := take(t, reader(ps), -1)
					got := slices.Compact(append(first, rest...)) // an input that is broken is so in every run
					assert.Equal(t, all, got, "broken off after %d", n)
					rest, _ = take(t, reader(ps), -1)
					for _, left := range rest {
						assert.Regexp(t, "error: .*: the array that begins in line 1 ", left, "nothing else is left")
					}
				}
				var steps []string
				var ps []input.Position
				for range all {
					var one []string
					one, ps = take(t, reader(ps), 1)
					steps = append(steps, one...)
				}
				assert.Equal(t, all, steps, "one at a time")
			})
		}
	}
}

func line(n int) string { return fmt.Sprintf("{\"n\":%d,\"pad\":%q}\n", n, strings.Repeat("x", n%7)) }

func lines(from, to int) string {
	var b strings.Builder
	for n := from; n < to; n++ {
		b.WriteString(line(n))
	}
	return b.String()
}

// What happens to a file between two runs must not lose a line, nor repeat one.
func TestResume_rotated(t *testing.T) {
	write := func(t *testing.T, path, text string) {
		t.Helper()
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		require.NoError(t, err)
		_, err = f.WriteString(text)
		require.NoError(t, err)
		require.NoError(t, f.Close())
	}
	rename := func(t *testing.T, from, to string) {
		t.Helper()
		require.NoError(t, os.Rename(from, to))
	}
	tests := []struct {
		name string
		do   func(t *testing.T, path string)
		to   int // the number of lines there are afterwards
		lost bool
	}{
		{"nothing", func(*testing.T, string) {}, 100, false},
		{"grown", func(t *testing.T, path string) { write(t, path, lines(100, 120)) }, 120, false},
		{"renamed", func(t *testing.T, path string) {
			write(t, path, lines(100, 110))
			rename(t, path, path+".1")
			write(t, path, lines(110, 120))
		}, 120, false},
		{"renamed, nothing new yet", func(t *testing.T, path string) { rename(t, path, path+".1") }, 100, false},
		{"renamed by date", func(t *testing.T, path string) {
			rename(t, path, strings.TrimSuffix(path, ".ndjson")+"-2024-05-01.ndjson")
			write(t, path, lines(100, 110))
		}, 110, false},
		{"renamed to what only its inode tells", func(t *testing.T, path string) {
			rename(t, path, path+".old")
			write(t, path, lines(100, 110))
		}, 110, false},
		{"several times", func(t *testing.T, path string) {
			rename(t, path, path+".1")
			for n := 100; n < 150; n += 10 {
				write(t, path, lines(n, n+10))
				for k := (n-100)/10 + 1; k > 0; k-- {
					rename(t, fmt.Sprintf("%s.%d", path, k), fmt.Sprintf("%s.%d", path, k+1))
				}
				rename(t, path, path+".1")
			}
			write(t, path, lines(150, 160))
		}, 160, false},
		{"copied and truncated", func(t *testing.T, path string) {
			write(t, path, lines(100, 110))
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			write(t, path+".1", string(text))
			require.NoError(t, os.Truncate(path, 0))
			write(t, path, lines(110, 115))
		}, 115, false},
		{"copied, truncated, grown beyond", func(t *testing.T, path string) {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			write(t, path+".1", string(text))
			require.NoError(t, os.Truncate(path, 0))
			write(t, path, lines(100, 400))
		}, 400, false},
		{"renamed and compressed", func(t *testing.T, path string) {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			write(t, path+".2.gz", string(zipped(t, string(text)+lines(100, 105))))
			require.NoError(t, os.Remove(path))
			write(t, path+".1", lines(105, 110))
			write(t, path, lines(110, 120))
		}, 120, false},
		{"renamed, the one before compressed just now", func(t *testing.T, path string) {
			text, err := os.ReadFile(path + ".7")
			require.NoError(t, err)
			rename(t, path, path+".1")
			write(t, path+".8.gz", string(zipped(t, string(text))))
			require.NoError(t, os.Remove(path+".7"))
			write(t, path, lines(100, 110))
		}, 110, false},
		{"renamed, and the new one begins alike", func(t *testing.T, path string) {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			rename(t, path, path+".1")
			write(t, path, string(text)+"{\"n\":1}\n")
		}, 0, false},
		{"copied back", func(t *testing.T, path string) {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			rename(t, path, filepath.Join(t.TempDir(), "away"))
			write(t, path, string(text)+lines(100, 110))
		}, 110, false},
		{"gone", func(t *testing.T, path string) {
			require.NoError(t, os.Remove(path))
			write(t, path, lines(100, 110))
		}, 110, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			const read = 40
			dir := t.TempDir()
			path := filepath.Join(dir, "app.ndjson")
			// Neighbours that have nothing to do with it.
			other := filepath.Join(dir, "app-2.ndjson")
			write(t, other, "{\"other\":1}\n")
			write(t, path+".state", "{\"state\":1}\n")
			// A file that has been read before.
			write(t, path, "{\"n\":\"old\"}\n"+lines(1000, 1020))
			files := []string{path, other}
			_, ps := take(t, &input.Reader{Files: files}, -1)
			rename(t, path, path+".7")
			write(t, path, lines(0, 100))

			_, ps = take(t, &input.Reader{Files: files, Resume: ps}, read)
			time.Sleep(10 * time.Millisecond)
			tt.do(t, path)
			got, ps := take(t, &input.Reader{Files: files, Resume: ps}, -1)
			from := read
			if tt.lost {
				require.NotEmpty(t, got)
				assert.Contains(t, got[0], "app.ndjson: the file that was read up to byte ")
				got, from = got[1:], 100
			}
			var docs, want []string
			for _, text := range got {
				_, doc, _ := strings.Cut(text, " ")
				docs = append(docs, strings.TrimSpace(doc))
			}
			for n := from; n < tt.to; n++ {
				want = append(want, strings.TrimSpace(line(n)))
			}
			if tt.to == 0 { // all of both files
				want = strings.Split(lines(from, 100)+lines(0, 100)+"{\"n\":1}", "\n")
			}
			assert.Equal(t, want, docs)
			if _, err := os.Stat(path); err == nil {
				got, _ = take(t, &input.Reader{Files: files, Resume: ps}, -1)
				assert.Empty(t, got, "nothing is left")
			}
		})
	}
}

// What is rotated away before it has been read at all is not missed either.
func TestBegin(t *testing.T) {
	for name, there := range map[string]string{"there": lines(0, 10), "empty": "", "missing": "-"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "app.log")
			require.NoError(t, os.WriteFile(path+".9", []byte("{\"n\":\"old\"}\n"), 0o600))
			time.Sleep(50 * time.Millisecond)
			if there != "-" {
				require.NoError(t, os.WriteFile(path, []byte(there), 0o600))
			}
			r := &input.Reader{Files: []string{path, input.Stdin}}
			r.Begin()
			_, ps := take(t, r, 0)
			require.Len(t, ps, 1)
			require.NoError(t, os.WriteFile(path, []byte(lines(0, 20)), 0o600))
			require.NoError(t, os.Rename(path, path+".2"))
			require.NoError(t, os.WriteFile(path, []byte(lines(20, 30)), 0o600))
			require.NoError(t, os.Rename(path, path+".1"))
			require.NoError(t, os.WriteFile(path, []byte(lines(30, 40)), 0o600))
			got, _ := take(t, &input.Reader{Files: []string{path}, Resume: ps}, -1)
			require.Len(t, got, 40)
			for n, g := range got {
				assert.Contains(t, g, strings.TrimSpace(line(n)))
			}
		})
	}
}

// The end of a file that is still being written is left to the next run.
func TestResume_incomplete(t *testing.T) {
	for name, parts := range map[string][]string{
		"line":     {"{\"n\":1}\n{\"n\":", "2}\n{\"n\":3}", "\n{\"n\":4}\n"},
		"element":  {"[{\"n\":1},\n{\"n\":", "2}, {\"n\":3", "}, {\"n\":4}]\n"},
		"at comma": {"[{\"n\":1},", "{\"n\":2}, {\"n\":3},", " {\"n\":4}]\n"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "in")
			var ps []input.Position
			var docs []string
			text := ""
			for _, part := range parts {
				text += part
				require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
				var got []string
				got, ps = take(t, &input.Reader{Files: []string{path}, Resume: ps, Continued: true}, -1)
				for _, g := range got {
					if _, rest, ok := strings.Cut(g, "error: "); ok {
						assert.Contains(t, rest, "it is left for the next run")
						continue
					}
					docs = append(docs, g[strings.Index(g, "{"):])
				}
			}
			assert.Equal(t, []string{`{"n":1}`, `{"n":2}`, `{"n":3}`, `{"n":4}`}, docs)
		})
	}
}

func TestPositions_kept(t *testing.T) {
	dir := t.TempDir()
	a, b, gone := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "gone")
	for _, path := range []string{a, b, gone} {
		require.NoError(t, os.WriteFile(path, []byte(line(1)), 0o600))
	}
	_, ps := take(t, &input.Reader{Files: []string{a, b, gone}}, -1)
	require.Len(t, ps, 3)
	require.NoError(t, os.Remove(gone))
	got, ps := take(t, &input.Reader{Files: []string{b}, Resume: ps}, -1)
	assert.Empty(t, got)
	require.Len(t, ps, 2, "that of a is kept, that of a removed file is not")
	got, _ = take(t, &input.Reader{Files: []string{a}, Resume: ps}, -1)
	assert.Empty(t, got)
	_, ps = take(t, &input.Reader{Files: []string{input.Stdin}, Stdin: strings.NewReader(line(1))}, -1)
	assert.Empty(t, ps, "standard input has no position")
}
