// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IQuoteVault} from "../../src/interfaces/IQuoteVault.sol";
import {LpRequestVault} from "../../src/makers/lp/LpRequestVault.sol";
import {SpotHedgeQuoteMaker} from "../../src/makers/SpotHedgeQuoteMaker.sol";
import {ExchangeTest} from "./ExchangeTest.sol";
import {MakerKind} from "./MakerKind.sol";

/// @dev Margin 50%, reserve 50%, a band of 5%.
function quoteRules(uint96 maxKeeperFeeXCD) pure returns (IQuoteVault.QuoteRules memory) {
    return IQuoteVault.QuoteRules({
        targetMarginRatio: 500_000,
        reserveRatio: 500_000,
        rebalanceBand: 50_000,
        deleverageRatio: 150_000,
        maxDeleverageDeviation: 5_000,
        keeperFeeRatio: 100,
        maxKeeperFeeXCD: maxKeeperFeeXCD,
        keeperInterval: 30,
        delay: 3,
        priceWindow: 10,
        validity: 60
    });
}

/// @dev The exchange with a quote vault: 1,000,000 of collateral in it, and a pool that is deep enough for all that the
/// quote vault can hedge.
abstract contract SpotHedgeQuoteMakerExchange is ExchangeTest {
    SpotHedgeQuoteMaker internal shq;
    LpRequestVault internal shqRequests;

    /// @dev The maker under test. Without {MakerKind.SpotHedgeQuote} the exchange has no quote vault.
    MakerKind internal immutable kind;

    constructor(MakerKind kind_) {
        kind = kind_;
    }

    function hasQuoteMaker() internal view returns (bool) {
        return kind == MakerKind.SpotHedgeQuote;
    }

    /// @dev WAD base that is added to the pool.
    function extraPoolDepth() internal view virtual returns (uint256) {
        return 95_000e18;
    }

    function config() internal virtual override returns (DeployConfig memory c) {
        c = super.config();
        if (!hasQuoteMaker()) return c;
        c.spotHedgeQuoteMaker.maxHedgeDeviation = 20_000;
        c.spotHedgeQuoteMaker.minMarginRatio = 200_000;
        c.spotHedgeQuoteMaker.rules = quoteRules(uint96(quoteXCD(5e18)));
    }

    function setUp() public virtual override {
        super.setUp();
        if (!hasQuoteMaker()) return;
        shq = d.spotHedgeQuoteMaker;
        shqRequests = d.spotHedgeQuoteMakerRequestVault;
        vm.startPrank(owner());
        shq.acceptOwnership();
        shqRequests.acceptOwnership();
        vm.stopPrank();
        if (extraPoolDepth() != 0) spot.provide(baseXCD(extraPoolDepth()));
        depositQuote(lp, quoteXCD(1_000_000e18));
    }

    function depositQuote(address account, uint256 amountXCD) internal returns (uint256 shares) {
        usd.mint(account, amountXCD);
        vm.startPrank(account);
        usd.approve(address(shq), type(uint256).max);
        shares = shq.deposit(amountXCD);
        vm.stopPrank();
    }
}
