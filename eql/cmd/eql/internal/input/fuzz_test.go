package input_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/input"
)

// FuzzResume reads any bytes twice: at once, and broken off behind some document.
func FuzzResume(f *testing.F) {
	f.Add([]byte("{\"a\":1}\n\r\n x\n{\"b\":2}"), uint8(1))
	f.Add([]byte("\xef\xbb\xbf[{\"a\":1}, 2,\n{\"b\":\"]}\"}]\n{}"), uint8(2))
	f.Add([]byte("[{},{}"), uint8(1))
	f.Add(zipped(f, "{\"a\":1}\n{\"b\":2}\n"), uint8(1))
	f.Add(zstdOf(f, "[{\"a\":1},{\"b\":2}]\n"), uint8(1))
	f.Fuzz(func(t *testing.T, text []byte, n uint8) {
		path := filepath.Join(t.TempDir(), "in")
		require.NoError(t, os.WriteFile(path, text, 0o600))
		reader := func(ps []input.Position) *input.Reader {
			return &input.Reader{Files: []string{path}, Resume: ps, MaxDoc: 100}
		}
		all, _ := take(t, reader(nil), -1)
		first, ps := take(t, reader(nil), int(n))
		rest, _ := take(t, reader(ps), -1)
		if len(all) > 0 && len(first) == len(all) && len(rest) == 1 {
			rest = nil // an input that is broken is so in every run
		}
		assert.Equal(t, all, append(first, rest...))
	})
}
