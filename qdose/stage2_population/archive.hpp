// State to bytes and back: each structure lists its fields once, for both directions.
#pragma once
#include <Eigen/Core>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace qdose {

/// Appends what it is shown. Same machine only: numbers as they lie in memory.
class ArchiveWriter {
 public:
  static constexpr bool reading = false;

  template <class T>
  void operator()(const T& value) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      append(&value, sizeof(T));
    } else {
      (*this)(static_cast<std::size_t>(value.size()));
      for (const auto& item : value) (*this)(item);
    }
  }
  void operator()(const Eigen::VectorXd& v) { numbers(v.data(), v.size()); }
  void operator()(const std::vector<double>& v) { numbers(v.data(), static_cast<Eigen::Index>(v.size())); }
  void operator()(const Eigen::MatrixXd& m) {
    (*this)(m.rows());
    numbers(m.data(), m.size());
  }

  const std::string& bytes() const { return bytes_; }

 private:
  void append(const void* from, std::size_t size) { bytes_.append(static_cast<const char*>(from), size); }
  void numbers(const double* from, Eigen::Index count) {
    (*this)(count);
    append(from, static_cast<std::size_t>(count) * sizeof(double));
  }
  std::string bytes_;
};

/// Fills what it is shown, in the same order. After the bytes ran out it fills nothing and good() is false.
class ArchiveReader {
 public:
  static constexpr bool reading = true;
  explicit ArchiveReader(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  void operator()(T& value) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      take(&value, sizeof(T));
    } else {
      value.resize(count(1));
      for (auto& item : value) (*this)(item);
    }
  }
  void operator()(Eigen::VectorXd& v) {
    v.resize(static_cast<Eigen::Index>(count(sizeof(double))));
    take(v.data(), static_cast<std::size_t>(v.size()) * sizeof(double));
  }
  void operator()(std::vector<double>& v) {
    v.resize(count(sizeof(double)));
    take(v.data(), v.size() * sizeof(double));
  }
  void operator()(Eigen::MatrixXd& m) {
    Eigen::Index rows = 0;
    (*this)(rows);
    const auto size = static_cast<Eigen::Index>(count(sizeof(double)));
    m.resize(rows, rows > 0 ? size / rows : 0);
    take(m.data(), static_cast<std::size_t>(m.size()) * sizeof(double));
  }

  bool good() const { return good_; }
  bool finished() const { return good_ && bytes_.empty(); }

 private:
  /// A length that the remaining bytes can hold.
  std::size_t count(std::size_t item_size) {
    std::size_t n = 0;
    (*this)(n);
    if (n > bytes_.size() / item_size) good_ = false;
    return good_ ? n : 0;
  }
  void take(void* to, std::size_t size) {
    if (size > bytes_.size()) good_ = false;
    if (!good_) return;
    std::memcpy(to, bytes_.data(), size);
    bytes_.remove_prefix(size);
  }
  std::string_view bytes_;
  bool good_ = true;
};

}  // namespace qdose
