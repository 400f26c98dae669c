#include "thaw/runtime/cpu/kernel.h"

namespace thaw::cpu {
namespace {

/// One matrix product for each sample and each of the leading axes.
class BatchMatMulKernel final : public Kernel {
 public:
  BatchMatMulKernel(const ops::BatchMatMul& op, NodeRef node) : op_(op), node_(node) {}

  void forward(Emitter& emit) override {
    const Shape& y = node_.node.shape;
    rows_ = y[y.rank() - 2];
    columns_ = y.last();
    inner_ = emit.shape(node_.input(0)).last();
    count_ = emit.batch() * (y.elements() / (rows_ * columns_));
    first_ = emit.value(node_.input(0), emit.plain_desc(node_.input(0)));
    second_ = emit.value(node_.input(1), emit.plain_desc(node_.input(1)));
    const BufferId result = emit.new_value(node_.value, emit.plain_desc(node_.value));
    multiply(emit, Section::forward, {first_, matrix(rows_, inner_, false)},
             {second_, matrix(inner_, columns_, op_.transposes_second)},
             {result, matrix(rows_, columns_, false)});
  }

  void backward(Emitter& emit) override {
    const BufferId above = emit.gradient(node_.value, emit.plain_desc(node_.value));
    const Seen g{above, matrix(rows_, columns_, false)};
    if (emit.needs_gradient(node_.input(0))) {
      // da = dy · bᵀ
      const BufferId gradient = emit.program.temporary(emit.plain_desc(node_.input(0)));
      multiply(emit, Section::backward, g,
               {second_, matrix(columns_, inner_, !op_.transposes_second)},
               {gradient, matrix(rows_, inner_, false)});
      emit.add_gradient(node_.input(0), gradient);
    }
    if (!emit.needs_gradient(node_.input(1))) return;
    // db = aᵀ · dy
    const BufferId gradient = emit.program.temporary(emit.plain_desc(node_.input(1)));
    multiply(emit, Section::backward, {first_, matrix(inner_, rows_, true)}, g,
             {gradient, matrix(inner_, columns_, op_.transposes_second)});
    emit.add_gradient(node_.input(1), gradient);
  }

 private:
  struct Seen {
    BufferId buffer;
    Desc as;
  };

  /// Matrices of rows × columns, which lie in memory as they are or transposed.
  Desc matrix(int64_t rows, int64_t columns, bool lies_transposed) const {
    const Dims strides =
        lies_transposed ? Dims{rows * columns, 1, rows} : Dims{rows * columns, columns, 1};
    return {{count_, rows, columns}, dnnl::memory::data_type::f32, strides};
  }

  void multiply(Emitter& emit, Section section, const Seen& a, const Seen& b, const Seen& y) const {
    const dnnl::matmul::primitive_desc primitive(emit.program.engine(), a.as, b.as, y.as);
    emit.program.add(section, "BatchMatMul " + node_.node.name, dnnl::matmul(primitive),
                     {{DNNL_ARG_SRC, emit.program.alias(a.buffer, a.as)},
                      {DNNL_ARG_WEIGHTS, emit.program.alias(b.buffer, b.as)},
                      {DNNL_ARG_DST, emit.program.alias(y.buffer, y.as)}});
  }

  ops::BatchMatMul op_;
  NodeRef node_;
  int64_t count_ = 0, rows_ = 0, columns_ = 0, inner_ = 0;
  BufferId first_, second_;
};

}  // namespace

template <>
std::unique_ptr<Kernel> make_kernel(const ops::BatchMatMul& op, NodeRef node) {
  return std::make_unique<BatchMatMulKernel>(op, node);
}

}  // namespace thaw::cpu
