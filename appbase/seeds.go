package appbase

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sigil-server/sigil/scripting"
)

// Seed fills repositories from the app's seed/NAME.yaml and seed/NAME.json, each once in the life of the store. It blocks; the
// store is opened only if there are any. Observers do not hear of it.
func (d *Data) Seed(ctx context.Context, src Source) error {
	if d == nil || src.Dir == "" {
		return nil
	}
	entries, err := os.ReadDir(filepath.Join(src.Dir, "seed"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("seeds: %w", err)
	}
	for _, e := range entries {
		switch ext := filepath.Ext(e.Name()); ext {
		case ".json", ".yaml", ".yml":
			if err := d.seedFile(ctx, src, e.Name(), strings.TrimSuffix(e.Name(), ext)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Data) seedFile(ctx context.Context, src Source, file, repository string) error {
	text, err := os.ReadFile(filepath.Join(src.Dir, "seed", file))
	if err != nil {
		return fmt.Errorf("seeds: %w", err)
	}
	mistake := func(err error) error {
		return &scripting.Error{Name: "SeedError", Message: err.Error(), File: path.Join(src.Name, "seed", file), Line: 1, Column: 1,
			Hint: "a seed is a list of items; it is stored once, on the first start"}
	}
	var list []any
	if err := yaml.Unmarshal(text, &list); err != nil { // JSON is YAML, too
		return mistake(err)
	}
	items := make([]string, len(list))
	for i, item := range list {
		body, err := json.Marshal(item)
		if err != nil {
			return mistake(err)
		}
		items[i] = string(body)
	}
	fresh, err := d.items.Seed(ctx, repository, items)
	if err != nil {
		return mistake(err)
	}
	if fresh {
		d.log.Info("repository filled", "file", "seed/"+file, "items", len(items))
	}
	return nil
}
