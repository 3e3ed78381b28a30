//go:build !unix

package input

import "io/fs"

const noWait = 0

func identify(fs.FileInfo) fileID { return fileID{} }

func isDeleted(fs.FileInfo) bool { return false }
