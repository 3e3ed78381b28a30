package rule_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/rule"
)

// BenchmarkLoad measures reading files alone, making rules of files in memory
// without the checks across files, and both with everything.
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
		var texts [][]byte
		for _, p := range files {
			data, err := os.ReadFile(p)
			require.NoError(b, err)
			texts = append(texts, data)
		}
		b.ReportAllocs()
		for b.Loop() {
			for i, data := range texts {
				rule.Parse(files[i], data)
			}
		}
	})
	b.Run("all", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			rule.Load(root)
		}
	})
}
