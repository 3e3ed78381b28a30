package rule_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/rule"
)

// BenchmarkLoad measures reading files alone, making rules of files in memory,
// and both.
func BenchmarkLoad(b *testing.B) {
	root := corpus(b)
	var files []string
	require.NoError(b, filepath.WalkDir(root, func(p string, _ fs.DirEntry, err error) error {
		if filepath.Ext(p) == ".toml" {
			files = append(files, p)
		}
		return err
	}))
	b.Run("files", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, p := range files {
				if _, err := os.ReadFile(p); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("memory", func(b *testing.B) {
		memory := fstest.MapFS{}
		for _, p := range files {
			data, err := os.ReadFile(p)
			require.NoError(b, err)
			name, err := filepath.Rel(root, p)
			require.NoError(b, err)
			memory[filepath.ToSlash(name)] = &fstest.MapFile{Data: data}
		}
		b.ReportAllocs()
		for b.Loop() {
			rule.LoadFS(memory)
		}
	})
	b.Run("all", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			rule.Load(root)
		}
	})
}
