package scripting

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// configNames are the files beside the sources that say how to read them.
func configNames() []string { return []string{"package.json", "tsconfig.json"} }

// legacyDecorators finds the setting that gives decorators another meaning.
const legacyDecorators = `("experimentalDecorators"\s*:\s*)true`

// standardDecorators is the nearest tsconfig.json of the entry with legacy
// decorators turned off, or "" when there is no need: annotations are
// decorators as ECMAScript has them.
func standardDecorators(o CompileOptions) string {
	for _, dir := range dirsUp(filepath.Dir(o.Entry), o.Root) {
		text, err := os.ReadFile(filepath.Join(dir, "tsconfig.json"))
		if err != nil {
			continue
		}
		legacy := regexp.MustCompile(legacyDecorators)
		if !legacy.Match(text) {
			return ""
		}
		return string(legacy.ReplaceAll(text, []byte("${1}false")))
	}
	return ""
}

// dirsUp is a folder and those above it up to root; only itself if it is not
// below root.
func dirsUp(dir, root string) []string {
	rel, err := filepath.Rel(root, dir)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return []string{dir}
	}
	dirs := []string{dir}
	for dir != root {
		dir = filepath.Dir(dir)
		dirs = append(dirs, dir)
	}
	return dirs
}

// addConfigs counts the configuration files round the inputs as inputs too.
func (in *inputs) addConfigs() {
	seen := make(map[string]bool)
	for _, path := range in.paths() {
		for _, dir := range dirsUp(filepath.Dir(path), in.root) {
			if seen[dir] {
				break
			}
			seen[dir] = true
			in.addConfigsIn(dir)
		}
	}
}

func (in *inputs) addConfigsIn(dir string) {
	for _, name := range configNames() {
		path := filepath.Join(dir, name)
		if text, err := os.ReadFile(path); err == nil {
			in.add(path, text)
		}
	}
}
