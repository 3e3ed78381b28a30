package statefile_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/statefile"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func content(t *testing.T, f *statefile.File) string {
	t.Helper()
	r, err := f.Reader()
	require.NoError(t, err)
	defer r.Close()
	b, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(b)
}

func open(t *testing.T) *statefile.File {
	t.Helper()
	f, err := statefile.Open(filepath.Join(t.TempDir(), "state"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestFile(t *testing.T) {
	f := open(t)
	_, err := f.Reader()
	assert.ErrorIs(t, err, fs.ErrNotExist)
	for _, s := range []string{"one", "", strings.Repeat("long", 1<<20), "two"} {
		n, err := f.Write(text(s))
		require.NoError(t, err)
		assert.EqualValues(t, len(s), n)
		assert.True(t, content(t, f) == s)
	}
	info, err := os.Stat(f.Path())
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o600), info.Mode().Perm(), "events are nobody else's business")
}

func TestFile_failedWrite(t *testing.T) {
	f := open(t)
	_, err := f.Write(text("old"))
	require.NoError(t, err)
	full := errors.New("no space left")
	_, err = f.Write(func(w io.Writer) error {
		_, _ = io.WriteString(w, strings.Repeat("new", 1<<20))
		return full
	})
	assert.ErrorIs(t, err, full)
	assert.Equal(t, "old", content(t, f))
	names, err := filepath.Glob(f.Path() + "*")
	require.NoError(t, err)
	assert.Equal(t, []string{f.Path(), f.Path() + ".lock"}, names, "nothing half written stays")
}

// What a killed process has left half written does no harm.
func TestFile_leftover(t *testing.T) {
	f := open(t)
	require.NoError(t, os.WriteFile(f.Path()+".new", []byte("half of something long"), 0o600))
	_, err := f.Write(text("whole"))
	require.NoError(t, err)
	assert.Equal(t, "whole", content(t, f))
}

func TestOpen_inUse(t *testing.T) {
	f := open(t)
	_, err := statefile.Open(f.Path())
	assert.ErrorIs(t, err, statefile.ErrInUse)
	assert.ErrorContains(t, err, f.Path())
	require.NoError(t, f.Close())
	again, err := statefile.Open(f.Path())
	require.NoError(t, err)
	require.NoError(t, again.Close())
}

func TestOpen_noFolder(t *testing.T) {
	_, err := statefile.Open(filepath.Join(t.TempDir(), "gone", "state"))
	assert.ErrorIs(t, err, fs.ErrNotExist)
}
