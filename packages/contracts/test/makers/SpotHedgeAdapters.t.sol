// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISpotAdapter, ISpotPayer} from "../../src/interfaces/ISpotAdapter.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev Swaps at 2,000 out of its own tokens, or does one thing wrong.
contract WrongAdapter is ISpotAdapter {
    enum Fault {
        None,
        TakesMore,
        TakesMoreAndSaysSo,
        TakesLess,
        AsksTwice,
        AsksForTheOther,
        NeverAsks,
        GivesLess,
        GivesLessAndSaysSo
    }

    address public immutable baseToken;
    address public immutable quoteToken;
    Fault public fault;

    constructor(address baseToken_, address quoteToken_) {
        (baseToken, quoteToken) = (baseToken_, quoteToken_);
    }

    function setFault(Fault fault_) external {
        fault = fault_;
    }

    function swap(bool isBaseToQuote, bool isExactInput, uint256 amount, address recipient)
        external
        returns (uint256 amountIn, uint256 amountOut)
    {
        // 18 and 6 decimals.
        {
            bool isBase = isBaseToQuote == isExactInput;
            uint256 opposite = isBase ? amount * 2000 / 1e12 : amount * 1e12 / 2000;
            (amountIn, amountOut) = isExactInput ? (amount, opposite) : (opposite, amount);
        }
        uint256 taken = amountIn;
        if (fault == Fault.TakesMore || fault == Fault.TakesMoreAndSaysSo) taken += taken / 10;
        if (fault == Fault.TakesLess) taken -= taken / 10;
        if (fault == Fault.TakesMoreAndSaysSo) amountIn = taken;
        uint256 given = amountOut;
        if (fault == Fault.GivesLess || fault == Fault.GivesLessAndSaysSo) given -= given / 10;
        if (fault == Fault.GivesLessAndSaysSo) amountOut = given;
        bool asksForBase = fault == Fault.AsksForTheOther ? !isBaseToQuote : isBaseToQuote;
        if (fault != Fault.NeverAsks) ISpotPayer(msg.sender).paySpotSwap(asksForBase, taken, address(this));
        if (fault == Fault.AsksTwice) ISpotPayer(msg.sender).paySpotSwap(isBaseToQuote, 1, address(this));
        TestToken(isBaseToQuote ? quoteToken : baseToken).transfer(recipient, given);
    }
}

/// @dev The owner names the adapter. One that is mistaken or hostile makes trades fail; it never takes what nobody asked it
/// to sell or buy.
contract SpotHedgeAdapterTest is ExchangeTest {
    address private maker;
    WrongAdapter private adapter;

    function setUp() public override {
        super.setUp();
        maker = address(shb);
        addMargin(alice, 400_000 * USD);
        addMargin(bob, 400_000 * USD);
        sell(bob, maker, 40e18);
        adapter = new WrongAdapter(address(weth), address(usd));
        weth.mint(address(adapter), 1000e18);
        usd.mint(address(adapter), 10_000_000 * USD);
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        p.adapter = adapter;
        vm.prank(owner());
        shb.setParameters(p);
    }

    function test_AnHonestAdapterServesAllFourKinds() public {
        for (uint256 kind = 0; kind < 4; ++kind) {
            _trade(kind, 5e18);
        }
        assertEq(int256(uint256(shb.assetBalance())) + sizeOf(maker), 100e18, "H1");
        assertEq(weth.balanceOf(maker), shb.assetBalance());
    }

    function testFuzz_AWrongAdapterTakesNothing(uint256 kind, uint256 fault, uint256 amount) public {
        adapter.setFault(WrongAdapter.Fault(boundIndex(fault, 1, uint256(type(WrongAdapter.Fault).max))));
        kind %= 4;
        bool isExactInput = kind % 2 == 0;
        WrongAdapter.Fault wrong = adapter.fault();
        // Saying so makes it a price, when the other side is exact; prices are what H2 is for.
        if (wrong == WrongAdapter.Fault.TakesMoreAndSaysSo && !isExactInput) return;
        if (wrong == WrongAdapter.Fault.GivesLessAndSaysSo && isExactInput) return;
        (uint256 held, uint256 tokens, int256 margin) = (shb.assetBalance(), weth.balanceOf(maker), marginOf(maker));
        uint256 collateral = usd.balanceOf(address(vault));
        amount = boundAmount(amount, 1e15, 20e18);
        vm.expectRevert();
        this.trade(kind, amount);
        assertEq(shb.assetBalance(), held);
        assertEq(weth.balanceOf(maker), tokens);
        assertEq(marginOf(maker), margin);
        assertEq(usd.balanceOf(address(vault)), collateral);
    }

    /// @dev The sale's report was believed: all of the base could be taken for the price of a part.
    function test_RevertIf_ASaleTakesMoreBaseThanItSays() public {
        adapter.setFault(WrongAdapter.Fault.TakesMore);
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.HedgeMismatch.selector, 11e18, 10e18));
        sell(alice, maker, 10e18);
    }

    function test_RevertIf_APurchaseAsksForBase() public {
        adapter.setFault(WrongAdapter.Fault.AsksForTheOther);
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.HedgeMismatch.selector, 0, 20_000 * USD));
        buy(alice, maker, 10e18);
    }

    /// @dev The right to be paid was left open, for any later moment of the transaction.
    function test_RevertIf_ASwapNeverAsks() public {
        adapter.setFault(WrongAdapter.Fault.NeverAsks);
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.HedgeMismatch.selector, 0, 10e18));
        sell(alice, maker, 10e18);
    }

    function test_H2_RevertIf_AWorsePriceIsReportedTruly() public {
        adapter.setFault(WrongAdapter.Fault.GivesLessAndSaysSo);
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        sell(alice, maker, 10e18);
    }

    function trade(uint256 kind, uint256 amount) external {
        _trade(kind, amount);
    }

    /// @dev 0: sells base, 1: sells for quote, 2: buys with quote, 3: buys base.
    function _trade(uint256 kind, uint256 amount) private {
        bool isBaseToQuote = kind < 2;
        bool isExactInput = kind % 2 == 0;
        uint256 given = isBaseToQuote == isExactInput ? amount : amount * 2000;
        tradeAs(alice, order(alice, maker, isBaseToQuote, isExactInput, given));
    }
}
