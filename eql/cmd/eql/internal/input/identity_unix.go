//go:build unix

package input

import (
	"io/fs"
	"syscall"
)

// noWait keeps a named pipe without a writer from blocking when it is opened.
const noWait = syscall.O_NONBLOCK

func identify(info fs.FileInfo) fileID {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fileID{}
	}
	return fileID{device: uint64(st.Dev), inode: uint64(st.Ino)}
}

// isDeleted reports whether the open file has no name any more.
func isDeleted(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && st.Nlink == 0
}
