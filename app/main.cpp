#include "app/blas.hpp"
#include "app/program.hpp"

int main(int argc, char** argv) {
  qdose::choose_blas_kernels(argv);
  return qdose::run_program(std::vector<std::string>(argv + 1, argv + argc));
}
