package watch

import (
	"path/filepath"
	"strings"
)

// skipFile says whether name, of something in a folder that is watched whole, is an editor's or the system's own business.
func skipFile(name string) bool {
	switch name {
	case "4913", ".DS_Store", "Thumbs.db": // 4913: vim's probe whether it may write here
		return true
	}
	switch {
	case strings.HasSuffix(name, "~"), strings.HasPrefix(name, ".#"): // backups; emacs and others: locks
		return true
	case len(name) > 1 && name[0] == '#' && name[len(name)-1] == '#': // emacs: auto-save
		return true
	case strings.HasSuffix(name, "___jb_tmp___"), strings.HasSuffix(name, "___jb_old___"): // JetBrains: safe write
		return true
	case strings.HasPrefix(name, ".goutputstream-"), strings.HasPrefix(name, ".nfs"): // GNOME; files open on NFS
		return true
	}
	return isSwap(name)
}

// isSwap matches vim's .name.swp, .name.swo and so on.
func isSwap(name string) bool {
	ext := filepath.Ext(name)
	return name[0] == '.' && len(ext) == 4 && ext != name && strings.HasPrefix(ext, ".sw")
}

// skipFolder says whether a folder below a watched one is left out with all it holds.
func skipFolder(name string) bool { return name == "node_modules" || strings.HasPrefix(name, ".") }
