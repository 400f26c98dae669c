#pragma once

#include <optional>
#include <string>
#include <vector>

#include "thaw/formats/import/foreign_graph.h"
#include "thaw/graph/layer.h"

namespace thaw::foreign {

/// Of which axes of the symbol one axis of the foreign value is made, outermost first: {1} where
/// it is one of them, {3, 1, 2} where a foreign graph has flattened (channels, height, width) and
/// the symbol is an image. Axis 0 of a symbol is its batch, 1 the first of its shape.
using AxisParts = std::vector<int>;

/// A value while layers are made of a graph: known numbers, or a symbol.
///
/// A symbol need not lie as the foreign value does. Each foreign axis says of which of the symbol's
/// it is made, so a transpose or reshape of the foreign graph mostly changes words alone; what
/// channels first means is `{0}, {3}, {1}, {2}` and nothing else. Only a layer that needs another
/// order makes a Permute or Reshape.
struct Value {
  std::optional<Constant> constant = {};
  Symbol symbol = {};
  std::vector<AxisParts> axes = {};  ///< of a symbol; each of its axes is in exactly one
  /// The sizes to which its axes of size 1 are still to be repeated; empty: they are as they are.
  /// What computes it with a value of that size needs no repetition (see Assembler::repeat()).
  std::vector<int64_t> repeated = {};
  int uses = 0;  ///< by how many nodes, and outputs of the graph, it is read

  bool is_known() const { return constant.has_value(); }
};

}  // namespace thaw::foreign
