package rule

import (
	"errors"
	"io/fs"
	"path"
	"strings"
)

// Errors that Walk visits entries of folders with.
var (
	// ErrNoFile says that an entry is neither a file nor a link to one: a pipe, for
	// instance, may never come to an end.
	ErrNoFile = errors.New("not a file")
	// ErrLinkedFolder says that an entry is a link to a folder.
	ErrLinkedFolder = errors.New("a link to a folder, which is not followed")
)

// Walk calls visit for each file in the folder root and the folders below it, in the order
// of names: that is what Load looks at in a folder. Links to files are files. What has a
// name that begins with a dot is passed over, root excepted: version control, editors and
// volumes of containers keep their own files there. For what is not to be opened, and for
// folders that cannot be read, err says why; for an entry that is no folder it is
// ErrNoFile, ErrLinkedFolder, or why it is not known what it is. As in fs.WalkDirFunc e
// may be nil if err is not.
func Walk(fsys fs.FS, root string, visit func(name string, e fs.DirEntry, err error)) {
	_ = fs.WalkDir(fsys, root, func(name string, e fs.DirEntry, err error) error {
		isFolder := e != nil && e.IsDir()
		switch hidden := name != root && strings.HasPrefix(path.Base(name), "."); {
		case hidden && isFolder:
			return fs.SkipDir
		case hidden, isFolder && err == nil:
			return nil
		case err == nil:
			err = readable(fsys, name, e)
		}
		visit(name, e, err)
		if isFolder {
			return fs.SkipDir
		}
		return nil
	})
}

// readable returns why an entry of a folder is not to be opened.
func readable(fsys fs.FS, name string, e fs.DirEntry) error {
	if e.Type().IsRegular() {
		return nil
	}
	info, err := fs.Stat(fsys, name)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return ErrLinkedFolder
	case !info.Mode().IsRegular():
		return ErrNoFile
	}
	return nil
}
