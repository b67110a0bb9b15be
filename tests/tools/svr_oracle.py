#!/usr/bin/env python3
"""LIBSVM's answer to an epsilon-SVR: svr_oracle.py FUNCTIONS.f32 OUTPUTS.f32 PEOPLE FUNCTIONS OUTPUTS C EPSILON.

Prints one line an output: primal objective and seconds. Exit status 77: scikit-learn is missing."""
import sys
import time

try:
    import numpy as np
    from sklearn.svm import SVR
except ImportError:
    sys.exit(77)

people, functions, outputs = (int(word) for word in sys.argv[3:6])
cost, epsilon = float(sys.argv[6]), float(sys.argv[7])
f = np.fromfile(sys.argv[1], dtype=np.float32).reshape(functions, people).T.astype(float)
y = np.fromfile(sys.argv[2], dtype=np.float32).reshape(outputs, people).T.astype(float)
gram = f @ f.T
for column in range(outputs):
    start = time.process_time()
    svr = SVR(kernel="precomputed", C=cost, epsilon=epsilon, tol=1e-3, cache_size=1000).fit(gram, y[:, column])
    seconds = time.process_time() - start
    beta = svr.dual_coef_[0]
    pulled = gram[:, svr.support_] @ beta
    loss = np.maximum(np.abs(y[:, column] - pulled - svr.intercept_[0]) - epsilon, 0).sum()
    print(0.5 * beta @ pulled[svr.support_] + cost * loss, seconds, flush=True)
