import matplotlib.pyplot as plt


def une():
    plt.hist([1])
    plt.title("Un")
    plt.xlabel("x")
    plt.ylabel("y")


def deux():
    plt.hist([2])


une()
deux()
