import matplotlib.pyplot as plt


def tout(df):
    plt.boxplot(df)
    plt.hist(df)


if __name__ == '__main__':
    if False:
        tout([1])
