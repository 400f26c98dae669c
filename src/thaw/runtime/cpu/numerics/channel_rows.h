#pragma once

#include <algorithm>
#include <optional>

#include "thaw/runtime/cpu/layout.h"

namespace thaw::cpu {

/// A batch seen as rows of channels that lie side by side: all channels of a pixel where they are
/// last, 8 or 16 of them where the layout is blocked. Rows are taken in pieces, small enough for
/// sums over one to be exact to a few units in the last place; what is summed over pieces is the
/// same for any number of threads.
struct ChannelRows {
  int64_t channels = 0;
  int64_t width = 0;         ///< channels in a row
  int64_t segments = 0;      ///< contiguous runs of rows of the same channels
  int64_t segment_rows = 0;  ///< rows in each
  int64_t piece_rows = 0;    ///< rows in a piece, the last of a segment apart

  int64_t samples() const { return segments * segment_rows / (channels / width); }
  int64_t pieces_a_segment() const { return (segment_rows + piece_rows - 1) / piece_rows; }
  int64_t pieces() const { return segments * pieces_a_segment(); }

  /// Each segment within one image: nothing changes in a blocked layout.
  ChannelRows by_image(int64_t images) const {
    ChannelRows result = *this;
    result.segments = images * (channels / width);
    result.segment_rows = samples() / images;
    result.piece_rows = std::min(piece_rows, result.segment_rows);
    return result;
  }

  struct Piece {
    int64_t offset = 0;  ///< of its first element
    int64_t rows = 0;
    int64_t channel = 0;  ///< its first
    int64_t image = 0;    ///< where the rows are by_image()
  };
  Piece piece(int64_t index) const {
    const int64_t segment = index / pieces_a_segment();
    const int64_t row = index % pieces_a_segment() * piece_rows;
    return {.offset = (segment * segment_rows + row) * width,
            .rows = std::min(piece_rows, segment_rows - row),
            .channel = segment % (channels / width) * width,
            .image = segment / (channels / width)};
  }
};

/// Nothing where the layout is another one.
std::optional<ChannelRows> channel_rows(const Desc& desc);

}  // namespace thaw::cpu
